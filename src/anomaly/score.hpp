// From a chance and the money at stake to score and severity: one scale for all kinds.
#pragma once
#include <cstddef>

#include "anomaly/finding.hpp"

namespace fin::anomaly {

// The share of a usual month's expenses that a finding of the kind must have at stake to be medium (taxonomy, section
// 2). Kinds that are for the watch list alone, or have no money of their own, ask for 0.5 %.
double floor_share(Kind kind);

// The chance below which a finding of the kind holds, for Strictness 1; see docs/anomalies.md for each.
double line_of(Kind kind);

// 0..1: not falling as p falls and as the money grows. Medium and above lie at 0.5 and more, low below.
double score_of(double p, double at_stake, double floor, Severity severity);

// What at least medium findings are called by their money, as a share of a usual month's expenses: from 10 % high, from
// 50 % critical; a new counterparty from 50 % and 200 %.
Severity severity_of(Kind kind, double share);

// Cases of one kind that hold at most: a test that names more of a ledger has met a habit of it. 6, or 1 in 500 rows.
std::size_t most_that_hold(std::size_t rows);

// Adds up what several tests say about one row: the strongest in full, each other one by half of its evidence.
double combined(double p, double other);

}  // namespace fin::anomaly
