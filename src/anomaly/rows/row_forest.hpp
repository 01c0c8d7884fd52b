// The ledger's own isolation forest: how strange a row is among all rows, by all its features at once.
#pragma once
#include <vector>

#include "anomaly/rows/history.hpp"

namespace fin::anomaly {

// For each of the rows the share of the ledger's rows that are at least as strange, in (0, 1]. Measured on up to 2,000
// rows. Features: size, size against the counterparty's and the category's median, days since its last row, number of
// its rows, weekday, direction.
std::vector<double> rank_in_forest(const History& history, const std::vector<Index>& rows);

}  // namespace fin::anomaly
