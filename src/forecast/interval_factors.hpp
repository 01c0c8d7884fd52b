// Factors of interval widths that give the stated coverage over many series (docs/forecasting.md).
#pragma once
#include "forecast/model.hpp"

namespace fin::forecast {

// What the width of an interval rests on beside the models' own variance.
enum class Evidence {
    origins,     // errors of forecasts from past origins
    season_ago,  // the distance of each value from that of a season ago: between two seasons and what origins need
    models       // nothing
};
struct IntervalFactor {
    double at80, at95;
};
IntervalFactor interval_factor(const Series& series, int step, Evidence evidence);

}  // namespace fin::forecast
