#include "anomaly/score.hpp"

#include <algorithm>
#include <cmath>

namespace fin::anomaly {

double floor_share(Kind kind) {
    switch (kind) {
        case Kind::split_payment:
        case Kind::amount_outlier: return 0.03;
        case Kind::new_counterparty: return 0.20;
        default: return 0.005;
    }
}

double line_of(Kind kind) {
    switch (kind) {
        case Kind::duplicate: return 0.03;
        case Kind::amount_outlier:
        case Kind::miscategorized: return 0.08;
        default: return 0.02;
    }
}

double score_of(double p, double at_stake, double floor, Severity severity) {
    const double evidence = -std::log10(std::clamp(p, 1e-12, 1.0));
    const double money = floor > 0 ? at_stake / floor : 1;
    const double plain = std::sqrt(evidence / (evidence + 1) * money / (money + 1));
    // Half of the scale for what holds, half for the watch list.
    return (severity == Severity::low ? 0 : 0.5) + plain / 2;
}

Severity severity_of(Kind kind, double share) {
    const bool newcomer = kind == Kind::new_counterparty;
    if (share >= (newcomer ? 2.0 : 0.5)) return Severity::critical;
    return share >= (newcomer ? 0.5 : 0.1) ? Severity::high : Severity::medium;
}

std::size_t most_that_hold(std::size_t rows) { return std::max<std::size_t>(6, rows / 500); }

double combined(double p, double other) { return std::max(1e-12, p * std::sqrt(other)); }

}  // namespace fin::anomaly
