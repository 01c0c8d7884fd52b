// How much of a series a component explains (Wang, Smith and Hyndman 2006; Hyndman and Athanasopoulos, Forecasting:
// Principles and Practice, 3rd ed., section 4.3).
#pragma once
#include <optional>
#include <span>

namespace fin::timeseries {

// 1 - Var(remainder) / Var(component + remainder), in 0..1; nullopt where both together do not vary: variation of the
// size of rounding errors of `scale`, the largest value of the series, is none.
std::optional<double> strength(std::span<const double> component, std::span<const double> remainder, double scale);

// Of the season, by the STL of the metric seasonality_strength; nullopt for less than two periods or values that do not vary.
std::optional<double> season_share(std::span<const double> values, int period);

}  // namespace fin::timeseries
