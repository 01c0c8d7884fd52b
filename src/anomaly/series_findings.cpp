// What no row stands for: payments that are missing, series that left their forecast, days without rows, the ledger as
// a whole.
#include <algorithm>
#include <iterator>

#include "anomaly/finding.hpp"
#include "anomaly/series/tests.hpp"

namespace fin::anomaly {

std::vector<Finding> find_in_series(const Setting& setting) {
    std::vector<Finding> found;
    if (setting.ledger.empty()) return found;
    for (const auto test : {series::missing_recurring, series::amount_change, series::level_shift, series::daily_burst,
                            series::gap, series::benford, series::stale_balance}) {
        setting.check();
        auto more = test(setting);
        std::move(more.begin(), more.end(), std::back_inserter(found));
    }
    // A payee whose steady payment changed is not told a second time as a series that moved.
    std::erase_if(found, [&](const Finding& shift) {
        return shift.kind == Kind::level_shift && shift.counterparty != ledger::no_code &&
               std::any_of(found.begin(), found.end(), [&](const Finding& other) {
                   return other.counterparty == shift.counterparty &&
                          (other.kind == Kind::amount_change || other.kind == Kind::missing_recurring);
               });
    });
    return found;
}

}  // namespace fin::anomaly
