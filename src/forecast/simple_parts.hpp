// What the simple models share: refusal of impossible series, classical seasonal indices, exact sums of parts.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "forecast/model.hpp"

namespace fin::forecast {

// Throws Error{invalid_argument} for fewer than `least` values, a value that is not finite, or a horizon below 1.
void require(const Series& series, int horizon, std::size_t least, const std::string& model);

// A fit with all vectors sized and log_likelihood and aicc NaN.
Fit blank_fit(const Series& series, int horizon, const std::string& model);

// After parts are set (remainder excepted): mean and fitted become the sums of their parts, remainders what is left,
// sigma2 the mean square of the errors over their number less `parameters`, from the value at `first` on.
void sum_parts(Fit& fit, std::span<const double> values, std::size_t first, int parameters);

// Autocorrelation of the remainders at lag 1, within 0..0.9.
double persistence(const Fit& fit);

// Is the autocorrelation at the seasonal lag significant at 90 % (two-sided)? Only for more than two seasons. The test
// of forecast::thetaf and of the M4 competition.
bool season_shows(std::span<const double> values, int period);

// Indices by ratio (or difference) to the centred moving average, as R's stats::decompose.
struct SeasonalIndex {
    bool multiplicative = false;
    std::vector<double> index;  // by position of the season, that of the first value first
    double error_variance = 0;  // of one index, from the scatter of its ratios or differences
};
// Ratios where no two values have different signs, else differences. An index near zero: differences too.
SeasonalIndex seasonal_index(std::span<const double> values, int period);

// Least-squares line over 0, 1, 2 ...
struct Line {
    double intercept = 0, slope = 0;
};
Line least_squares_line(std::span<const double> values);

}  // namespace fin::forecast
