// Seasonal factors that trust the data as far as they repeat themselves: of use from two seasons of history on.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "forecast/models.hpp"

namespace fin::forecast {

struct ShrunkenSeason {
    bool multiplicative = false;  // factors of values that are all of one sign, else summands
    std::vector<double> index;    // by position of the season, that of the first value first; 1 or 0: no season
    double trust = 0;             // 0..1: what was left of the raw indices
    double variance = 0;          // of the error of one index, relative to the level where multiplicative
};
// Mean deviation of each position of the season from the centred moving average (of logarithms where all values have
// one sign), later seasons weighing more by `discount` a season, drawn to zero by the James-Stein factor 1 - noise /
// scatter (Miller and Williams 2003). nullopt for less than two seasons.
std::optional<ShrunkenSeason> shrunken_season(std::span<const double> values, int period, double discount = 1);

// What forecasts the seasonally adjusted series before the season is put back. Without a season that can be told the
// fit is the core alone. `blocks`: theta of sums of a quarter of the season, spread over their steps by lines through
// their middles; what is noise within a block does not reach its trend (Athanasopoulos et al. 2017).
enum class Core { theta, dynamic_theta, damped, arima, blocks };
Fit shrunken(const Series& series, int horizon, Core core, const InterruptCheck& check = never_interrupted);

}  // namespace fin::forecast
