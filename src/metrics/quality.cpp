// How far the data can be trusted. These look at all rows, the incomplete month's too.
#include "metrics/sheet.hpp"

namespace fin::metrics {

using namespace ledger;

void add_quality(Sheet& sheet) {
    const Ledger& ledger = sheet.facts.ledger;
    const Tallies& tallies = sheet.tallies;
    const int rows = static_cast<int>(ledger.size()), span = static_cast<int>(sheet.monthly.months.size());
    const Period whole = {"all", sheet.monthly.first, sheet.monthly.first + span - 1, 1};
    const auto add = [&](const char* metric, const char* unit, Outcome outcome, int n, std::vector<Input> inputs) {
        if (ledger.empty()) outcome = without(Status::insufficient_data, "no rows");
        // A ledger can be of one incomplete month, yet its quality is known: whole has that month.
        sheet.add(metric, whole, unit, std::move(outcome), std::move(inputs)).n = n;
    };
    add("uncategorised_share", "ratio", ratio(value(tallies.uncategorised), value(tallies.turnover), "turnover"), rows,
        {{"uncategorised", value(tallies.uncategorised)},
         {"turnover", value(tallies.turnover)},
         {"rows", static_cast<double>(tallies.uncategorised_rows)}});
    add("duplicate_candidates", "count", ok(tallies.duplicate_candidates), rows, {{"within_days", 4}});
    int covered = 0;
    for (const Flows& month : sheet.monthly.months) covered += month.rows > 0;
    add("months_covered", "months", ok(covered), span,
        {{"span", static_cast<double>(span)},
         {"missing", static_cast<double>(span - covered)},
         {"complete", static_cast<double>(sheet.complete())}});
    add("reconciliation_gap", "money",
        ledger.balance_gap ? ok(ledger.balance_gap->value())
                           : without(Status::not_applicable, "the ledger has no balance column"),
        rows, {});
}

}  // namespace fin::metrics
