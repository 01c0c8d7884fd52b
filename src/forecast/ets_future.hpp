// Means and variances of an exponential smoothing model's future, exact (Hyndman et al. 2008, chapter 6).
#pragma once
#include "forecast/ets_recursion.hpp"

namespace fin::forecast {

struct EtsFuture {
    std::vector<double> mean, variance;
    std::vector<Parts> parts;  // level + trend + season = mean
};

// `state` is that after the last value; the next value has phase `phase`.
EtsFuture future(const EtsForm& form, const EtsSmoothing& smoothing, const EtsState& state, std::size_t phase,
                 double sigma2, int horizon);

}  // namespace fin::forecast
