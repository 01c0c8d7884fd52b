// The tests of find_in_series, a file each. Their findings carry everything but their order.
#pragma once
#include <vector>

#include "anomaly/finding.hpp"

namespace fin::anomaly::series {

using Findings = std::vector<Finding>;

// A payment that a steady series lets expect and that nobody made, nor anything in its place. One finding a series.
Findings missing_recurring(const Setting& setting);
// A payment of fixed size that moved to a new size and stays there.
Findings amount_change(const Setting& setting);
// Months of totals, categories and counterparties that left their forecast intervals for at least two months.
Findings level_shift(const Setting& setting);
// Days whose total left its forecast interval and that no few rows explain.
Findings daily_burst(const Setting& setting);
// Months or days without rows where there always are rows, by the habit of the ledger and of each account.
Findings gap(const Setting& setting);
// First digits far from Benford's law; a payment that repeats counts once.
Findings benford(const Setting& setting);
// A balance column that does not agree with the amounts.
Findings stale_balance(const Setting& setting);

}  // namespace fin::anomaly::series
