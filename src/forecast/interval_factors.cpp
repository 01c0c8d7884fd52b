#include "forecast/interval_factors.hpp"

#include <algorithm>

namespace fin::forecast {

IntervalFactor interval_factor(const Series& series, int step, Evidence evidence) {
    // Steps in seasons, but never less than four to the season: what grows is the trend's uncertainty. Beyond two
    // seasons nothing was measured, and the models' own variance grows on.
    const bool coarse = series.period <= 4;
    const double ahead = std::min(2.0, static_cast<double>(step) / std::max(4, series.period));
    const double seasons = static_cast<double>(series.values.size()) / std::max(4, series.period);
    switch (evidence) {
        case Evidence::origins: {
            const double young = 0.1 * std::max(0.0, 4 - seasons);
            return coarse ? IntervalFactor{1.07 + 0.17 * ahead + young, 1.15 + 0.26 * ahead + young}
                          : IntervalFactor{0.93 + 0.09 * ahead + young, 0.96 + 0.20 * ahead + young};
        }
        case Evidence::season_ago: return {0.88 + 0.30 * ahead, 1.00 + 0.33 * ahead};
        case Evidence::models: break;
    }
    // Too short for a look back: Student's t of few degrees of freedom.
    return {1.3, 1.5};
}

}  // namespace fin::forecast
