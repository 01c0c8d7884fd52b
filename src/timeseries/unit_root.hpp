// How often a series must be differenced: seasonal strength for the season, the KPSS test for the level.
#pragma once
#include <optional>
#include <span>
#include <vector>

namespace fin::timeseries {

// values[t] - values[t - lag], `lag` shorter than the series.
std::vector<double> difference(std::span<const double> values, int lag = 1);

// All equal but for rounding.
bool is_constant(std::span<const double> values);

// Statistic of Kwiatkowski, Phillips, Schmidt and Shin 1992 for a level, Bartlett weights up to lag trunc(3
// sqrt(n)/13). nullopt for a constant or fewer than 3 values.
std::optional<double> kpss(std::span<const double> values);

// Differences until KPSS no longer rejects a level at 5 %, as forecast::ndiffs of R.
int level_differences(std::span<const double> values, int most = 2);

// max(0, 1 - Var(remainder) / Var(season + remainder)) of the STL decomposition (Wang, Smith and Hyndman 2006); 0 for
// series of at most two periods.
double seasonal_strength(std::span<const double> values, int period);

// 1 where the strength exceeds 0.64, which Hyndman tuned on the M3 series (forecast::nsdiffs of R).
int seasonal_differences(std::span<const double> values, int period);

}  // namespace fin::timeseries
