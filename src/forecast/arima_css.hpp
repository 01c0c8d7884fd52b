// Conditional sum of squares of an ARMA model: a cheap approximation of the likelihood where its search starts.
#pragma once
#include <span>
#include <vector>

#include "forecast/arima_transform.hpp"

namespace fin::forecast {

// Errors from `skipped` on, those before and all values before the first taken as zero (Box and Jenkins 1976, ch. 7).
// `errors` has the length of the series; the first `skipped` are 0.
void conditional_errors(const Arma& model, std::span<const double> series, std::size_t skipped,
                        std::span<double> errors);

}  // namespace fin::forecast
