// Default lines of every risk, and the verdict on a value.
#include "risk/thresholds.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "error.hpp"

namespace fin::risk {

namespace {

constexpr double watch_width = 0.15;  // of the line

constexpr std::optional<double> none = std::nullopt;

// code, medium, high, critical, below, strict. Ratios are of 1, trends per month, runway in months.
const std::array rules = {
    Rule{"liquidity", 9, 6, 3, true, true},
    Rule{"burn_acceleration", 1.4, 1.8, 2.5, false, false},
    Rule{"revenue_decline", -0.015, -0.03, -0.06, true, false},
    Rule{"margin_erosion", 0.075, 0.12, 0.20, false, false},
    Rule{"expense_surge", 1.5, 2, 3, false, false},
    Rule{"customer_concentration", 1.0 / 3, 0.45, 0.65, false, false},
    Rule{"supplier_concentration", 0.40, 0.55, 0.75, false, false},
    Rule{"revenue_volatility", 0.25, 0.40, 0.60, false, false},
    Rule{"unprofitable", -0.03, -0.10, -0.25, true, true},
    Rule{"payroll_burden", 0.55, 0.65, 0.80, false, false},
    Rule{"tax_gap", 2, 2, 4, false, false},
    Rule{"negative_cash", 6, 3, 0, true, false},  // months until the balance is below zero
    Rule{"seasonal_dependency", 0.5, none, none, false, true},
    Rule{"lost_customer", 0.10, 0.20, 0.35, false, false},
    Rule{"duplicate_payments", 0.01, 0.03, 0.08, false, false},
    Rule{"suspicious_payments", 0.01, 0.03, 0.08, false, false},
    Rule{"data_quality", 0.20, none, none, false, true},
};

// How far x is from one line to the next, 0..1.
double between(double x, double from, double to) {
    return to > from ? std::clamp((x - from) / (to - from), 0.0, 1.0) : 1.0;
}

// Grows towards 1 without a line that ends it.
double beyond(double x, double from, double scale) {
    if (!std::isfinite(x)) return 1;
    return 1 - std::exp(-std::max(0.0, x - from) / std::max(scale, 1e-9));
}

}  // namespace

std::span<const Rule> default_rules() { return rules; }

void check_thresholds(const Thresholds& thresholds) {
    for (const auto& [code, lines] : thresholds) {
        rule_of(code, thresholds);
        for (const auto& line : {lines.medium, lines.high, lines.critical})
            if (line && !std::isfinite(*line))
                throw Error(ErrorCode::invalid_argument, "threshold of risk \"" + code + "\" is not a number");
    }
}

Rule rule_of(std::string_view code, const Thresholds& thresholds) {
    const auto found = std::ranges::find(rules, code, &Rule::code);
    if (found == rules.end()) {
        std::string known;
        for (const Rule& rule : rules) known += (known.empty() ? "" : ", ") + std::string(rule.code);
        throw Error(ErrorCode::invalid_argument, "unknown risk code \"" + std::string(code) + "\"", {},
                    "Risk codes: " + known + ".");
    }
    Rule rule = *found;
    if (const auto set = thresholds.find(code); set != thresholds.end()) {
        if (set->second.medium) rule.medium = *set->second.medium;
        if (set->second.high) rule.high = set->second.high;
        if (set->second.critical) rule.critical = set->second.critical;
    }
    return rule;
}

std::optional<Verdict> judge(const Rule& rule, double value) {
    if (std::isnan(value)) return std::nullopt;
    // Turned so that larger is worse.
    const double sign = rule.below ? -1 : 1;
    const double x = sign * value, medium = sign * rule.medium;
    const auto over = [&](double line) { return rule.strict ? x > line : x >= line; };
    const double scale = std::max(std::abs(medium), 1e-6);

    if (!over(medium)) {
        const double near = medium - watch_width * std::abs(medium);
        if (!over(near) || near == medium) return std::nullopt;
        return Verdict{Severity::low, 0.10 + 0.20 * between(x, near, medium), rule.medium};
    }
    if (rule.critical && over(sign * *rule.critical)) {
        const double critical = sign * *rule.critical;
        const double width = std::max(critical - medium, 0.1 * scale);
        return Verdict{Severity::critical, 0.80 + 0.20 * beyond(x, critical, width), rule.medium};
    }
    if (rule.high && over(sign * *rule.high)) {
        const double high = sign * *rule.high;
        const double part = rule.critical ? between(x, high, sign * *rule.critical) : beyond(x, high, scale);
        return Verdict{Severity::high, 0.55 + 0.25 * part, rule.medium};
    }
    const double part = rule.high ? between(x, medium, sign * *rule.high) : beyond(x, medium, scale);
    return Verdict{Severity::medium, 0.30 + 0.25 * part, rule.medium};
}

}  // namespace fin::risk
