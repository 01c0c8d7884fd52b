// From the chance of a finding and the money in it to its score and severity, for findings without a row.
#pragma once
#include <limits>

#include "anomaly/finding.hpp"

namespace fin::anomaly::series {

// What a finding needs to be medium, high, critical: a chance and money beside the expenses of a month. `most` is the
// gravest it can be, whatever the money: what has an innocent reading stays on the watch list.
struct Lines {
    double p = 1e-3;
    double medium = 0.1, high = 0.5, critical = 2;  // shares of a month's expenses
    Severity most = Severity::critical;
};

// Sets at_stake, score and severity; `share_money` is the money that severity is measured by, where it is not all of
// what is at stake (a month of it). Money that no ledger can hold is held at the greatest there is.
void weigh(Finding& finding, const Setting& setting, double at_stake, double share_money, const Lines& lines);

// The chance that one of `tests` equal tests says as much: each had the chance p.
double of_many(double p, double tests);

ledger::Money money_of(double value);

}  // namespace fin::anomaly::series
