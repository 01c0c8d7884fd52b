// Values held against what the forecast engine expected of them from the values before.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "interrupt.hpp"

namespace fin::anomaly::series {

struct Judged {
    double predicted = 0, half80 = 0, half95 = 0;
    double p = 1;  // two-sided chance of an error of this size
    double low95() const { return predicted - half95; }
    double high95() const { return predicted + half95; }
};

// One entry for each value of `seen`, which follow `history`. Theta with a shrunken season, the stand-in by which
// intervals of forecasts are calibrated, and those intervals themselves. nullopt where the history is too short or
// cannot be fitted. Beyond the 95 % line errors are taken to be as likely as Student's t with five degrees of freedom:
// companies surprise more than the normal distribution does.
std::optional<std::vector<Judged>> judge(std::span<const double> history, int period, std::span<const double> seen);

}  // namespace fin::anomaly::series
