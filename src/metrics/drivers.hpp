// What a change between two months is made of.
#pragma once
#include <string>
#include <vector>

#include "metrics/metrics.hpp"

namespace fin::metrics {

struct Driver {
    std::string driver;  // new, lost, price, volume, category, refund ...
    std::string member;  // counterparty or category
    std::string delta;   // exact decimal text: money in 4 decimals, ratios in 12
};

// Drivers of metric between two months of the ledger; the deltas sum exactly to value(to) - value(from), rounded as
// above. Throws Error{invalid_argument} naming the metrics that have drivers, or the months the ledger has.
std::vector<Driver> drivers(const Facts& facts, const std::string& metric, ledger::Month from, ledger::Month to,
                            const InterruptCheck& check = never_interrupted);

}  // namespace fin::metrics
