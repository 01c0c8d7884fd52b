// Missing values inside a series, filled with what trend and season say.
#pragma once
#include <span>
#include <vector>

namespace fin::timeseries {

// NaN values are replaced: by the line between their neighbours, and where the series has two seasons and its season
// is worth it (strength above 0.3), by that line of the seasonally adjusted series plus the season. Ends are held
// level. No value is filled below 0 where none is negative. Throws Error{invalid_argument} where all are missing.
std::vector<double> fill_gaps(std::span<const double> values, int period);

// Seasonal effects of a complete series by robust STL; empty where there are fewer than two seasons (and one value
// more) or the strength of the season, 1 - var(remainder) / var(season + remainder), is below `least`.
std::vector<double> seasonal_effects(std::span<const double> values, int period, double least);

}  // namespace fin::timeseries
