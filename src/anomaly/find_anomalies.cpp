// All findings about a ledger, each row once, in the order in which a person should read them.
#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "anomaly/dismissal.hpp"
#include "anomaly/finding.hpp"
#include "anomaly/score.hpp"

namespace fin::anomaly {

namespace {

constexpr std::array<std::string_view, kind_count> names = {
    "duplicate",    "amount_outlier", "sign_error",        "split_payment", "new_counterparty", "miscategorized",
    "round_amount", "off_calendar",   "missing_recurring", "amount_change", "level_shift",      "gap",
    "benford",      "stale_balance"};

// A row is listed under the kind that says most about it.
bool says_more(const Finding& a, const Finding& b) {
    return std::tuple(a.severity, -a.p / line_of(a.kind), a.at_stake, b.kind) >
           std::tuple(b.severity, -b.p / line_of(b.kind), b.at_stake, a.kind);
}

std::vector<Finding> one_for_each_row(const Setting& setting, std::vector<Finding> given) {
    std::vector<Finding> result;
    std::map<std::uint32_t, std::size_t> place;  // in result, of rows that have a finding
    for (Finding& each : given) {
        if (!each.row) {
            result.push_back(std::move(each));
            continue;
        }
        const auto [found, added] = place.emplace(*each.row, result.size());
        if (added) {
            result.push_back(std::move(each));
            continue;
        }
        Finding& kept = result[found->second];
        const double other = says_more(each, kept) ? kept.p : each.p;
        if (says_more(each, kept)) std::swap(kept, each);
        kept.p = combined(kept.p, other);
        const double floor = floor_share(kept.kind) * setting.month_expenses * setting.strict(kept.kind);
        kept.score = std::max(kept.score, score_of(kept.p, kept.at_stake.value(), floor, kept.severity));
    }
    return result;
}

}  // namespace

std::string_view name(Kind kind) { return names[static_cast<std::size_t>(kind)]; }

std::optional<Kind> kind_named(std::string_view word) {
    for (std::size_t i = 0; i < kind_count; ++i)
        if (names[i] == word) return static_cast<Kind>(i);
    return std::nullopt;
}

std::vector<Finding> find_anomalies(const Setting& setting) {
    auto findings = find_in_rows(setting);
    auto of_series = find_in_series(setting);
    findings.insert(findings.end(), std::make_move_iterator(of_series.begin()),
                    std::make_move_iterator(of_series.end()));
    if (setting.dismissed && !setting.dismissed->empty())
        std::erase_if(findings, [&](const Finding& finding) {
            return is_dismissed(finding, setting.ledger, *setting.dismissed);
        });
    findings = one_for_each_row(setting, std::move(findings));
    std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
        const double one = a.at_stake.value() * a.score, other = b.at_stake.value() * b.score;
        return std::tuple(b.severity, other, b.score, a.booked_on, a.kind, a.row) <
               std::tuple(a.severity, one, a.score, b.booked_on, b.kind, b.row);
    });
    return findings;
}

}  // namespace fin::anomaly
