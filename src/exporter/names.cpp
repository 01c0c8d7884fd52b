#include "exporter/names.hpp"

#include <algorithm>
#include <array>

#include "exporter/texts.hpp"
#include "review/metric_names.hpp"

namespace fin::exporter {

namespace {

// The unit of a risk's measured value and its line.
std::string_view value_unit(std::string_view code) {
    const std::string_view unit = review::risk_unit(code);
    if (unit == "points" || unit == "ratio/month") return "ratio";
    return unit;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

std::string_view unit_of(std::string_view name, std::string_view risk) {
    if (name == "value" || name == "line") return value_unit(risk);
    if (is_one_of(name,
                  {"percent", "share", "share_last_year", "share_year_before", "share_of_expenses", "revenue_cv",
                   "target_share", "change", "trend_per_month", "operating_margin_t3", "operating_margin_before",
                   "loss_chance_monthly", "payroll_growth_per_month", "runway_confidence", "uncategorised_share"}))
        return "ratio";
    if (is_one_of(name, {"months", "runway_months", "runway_forecast", "months_before", "months_between_payments",
                         "missing_months", "active_months"}))
        return "months";
    if (is_one_of(name, {"rows", "missed_payments", "payments", "regular_payers", "lost_payers", "customers"}))
        return "count";
    return "money";
}

}  // namespace

std::string metric_title(std::string_view code, Language language) {
    const std::string key = "metric." + std::string(code);
    if (knows(key)) return capital(say(key, language));
    const std::string_view name = review::metric_name(code, language);
    return capital(name == code ? humanised(code) : std::string(name));
}

std::string anomaly_title(std::string_view kind, Language language) {
    return capital(review::anomaly_name(kind, language));
}

std::string risk_title(std::string_view code, Language language) { return capital(review::risk_name(code, language)); }

std::string period_title(std::string_view period, const Format& format) {
    const std::string key = "period." + std::string(period);
    return knows(key) ? std::string(say(key, format.language())) : format.month(period);
}

std::string evidence_words(const Evidence& evidence, const RiskRow& risk, const Format& format) {
    const Language language = format.language();
    // Row numbers and what the title says already.
    if (is_one_of(evidence.name, {"kind", "also", "row_nos", "replaced", "follows_revenue", "season_removed"}))
        return {};
    const std::string key = "evidence." + evidence.name;
    const std::string name = knows(key) ? std::string(say(key, language)) : humanised(evidence.name);
    if (!evidence.text.empty()) {
        const std::string value = "said." + evidence.text;
        return name + ": " + (knows(value) ? std::string(say(value, language)) : evidence.text);
    }
    const std::string_view unit = unit_of(evidence.name, risk.code);
    if (unit == "times")
        return name + ": " + format.number(evidence.number, 1) + (language == Language::ru ? "\u00a0раза" : "×");
    return name + ": " + format.figure(evidence.number, unit, "ok");
}

std::string category_title(std::string_view name, Language language) {
    if (name.empty()) return std::string(say("no_category", language));
    std::string out;
    for (const char c : name) {
        if (c == ':')
            out += " \u203a ";
        else
            out += c;
    }
    return out;
}

}  // namespace fin::exporter
