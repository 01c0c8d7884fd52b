// Round sums that approvals are bound to: 1, 2, 2.5, 3 or 5 times a power of ten, from 500.
#pragma once
#include <cmath>

namespace fin::anomaly {

// The limit just above an amount, which lies in [0.9, 1) of it; 0 where there is none.
inline double limit_above(double size) {
    if (size < 450) return 0;
    const double unit = std::pow(10, std::floor(std::log10(size)));
    for (const double step : {1.0, 2.0, 2.5, 3.0, 5.0, 10.0})
        if (size >= 0.9 * step * unit && size < step * unit) return step * unit;
    return 0;
}

}  // namespace fin::anomaly
