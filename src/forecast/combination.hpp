// Several models of one series and their weighted mean, which is better than the choice of one.
#pragma once
#include <string>
#include <vector>

#include "forecast/forecast.hpp"
#include "forecast/models.hpp"

namespace fin::forecast {

struct Member {
    Fit fit;
    double weight;  // of all members together 1
};

// The members for a series by its length and season; those that cannot be fitted, or whose forecast leaves what the
// history makes believable, are left out. Never empty for at least 4 values.
std::vector<Member> members_for(const Series& series, int horizon, const InterruptCheck& check = never_interrupted);

// Weighted means of everything; the variance is the square of the mean standard deviation, as means of interval ends
// are robust (Grushka-Cockayne and Jose 2020).
Fit combine(const std::vector<Member>& members);

// Which models and why, why the forecast is flat or without season where it is.
Words choice_of(const std::vector<Member>& members, const Series& series);

}  // namespace fin::forecast
