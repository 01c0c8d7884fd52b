// All metrics of the taxonomy, section 1.
#pragma once
#include <vector>

#include "interrupt.hpp"
#include "ledger/ledger.hpp"
#include "ledger/monthly.hpp"
#include "ledger/recurring.hpp"
#include "metrics/metric.hpp"

namespace fin::forecast {
struct LedgerForecast;
}
namespace fin::anomaly {
struct Finding;
}

namespace fin::metrics {

// Facts about the ledger that every engine shares, computed once.
struct Facts {
    const ledger::Ledger& ledger;  // with kinds
    const ledger::Monthly& monthly;
    const std::vector<ledger::RecurringSeries>& recurring;
    const forecast::LedgerForecast* forecast = nullptr;        // nullptr: none was made
    const std::vector<anomaly::Finding>* anomalies = nullptr;  // nullptr: not looked for
};

// Every metric of the taxonomy for each period it is defined for, in the order of the taxonomy, then by period:
// all, T3, T6, T12, P12, months ascending. Deterministic. What cannot be computed is a row with status and reason.
std::vector<Metric> compute(const Facts& facts, const InterruptCheck& check = never_interrupted);

}  // namespace fin::metrics
