// Factors of interval widths that give the stated coverage over many series (docs/forecasting.md).
#pragma once
#include "forecast/model.hpp"

namespace fin::forecast {

struct IntervalFactor {
    double model_share;  // of the models' deviation beside what was seen at past origins
    double at80, at95;
};
IntervalFactor interval_factor(const Series& series, int step, bool origins);

}  // namespace fin::forecast
