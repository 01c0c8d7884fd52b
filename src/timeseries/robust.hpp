// Statistics that a few wild values do not move: quantiles, median, median absolute deviation, Theil-Sen slope.
#pragma once
#include <optional>
#include <span>
#include <vector>

namespace fin::timeseries {

// Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996, the default of R and
// numpy). p in [0, 1]; nullopt for no values.
std::optional<double> quantile(std::vector<double> values, double p);

// Middle value, or the mean of the two middle ones; nullopt for no values.
std::optional<double> median(std::vector<double> values);

// Median of |value - median|, without the factor 1.4826 that makes it a standard deviation under normality.
std::optional<double> median_absolute_deviation(std::span<const double> values);

// Median of the slopes of all pairs of points at 0, 1, 2 ... (Theil 1950, Sen 1968); nullopt for fewer than 2 values.
std::optional<double> theil_sen_slope(std::span<const double> values);

std::optional<double> mean(std::span<const double> values);
// With n - 1; nullopt for fewer than 2 values.
std::optional<double> variance(std::span<const double> values);

}  // namespace fin::timeseries
