#include "forecast/interval_factors.hpp"

namespace fin::forecast {

IntervalFactor interval_factor(const Series&, int, bool) {
    return {0.5, 1, 1};
}

}  // namespace fin::forecast
