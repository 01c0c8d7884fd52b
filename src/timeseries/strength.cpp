#include "timeseries/strength.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "timeseries/robust.hpp"
#include "timeseries/stl.hpp"

namespace fin::timeseries {

std::optional<double> strength(std::span<const double> component, std::span<const double> remainder, double scale) {
    std::vector<double> both(component.size());
    std::transform(component.begin(), component.end(), remainder.begin(), both.begin(), std::plus());
    const auto total = variance(both);
    if (!total || !(*total > scale * scale * 1e-24)) return std::nullopt;
    return std::clamp(1 - *variance(remainder) / *total, 0.0, 1.0);
}

std::optional<double> season_share(std::span<const double> values, int period) {
    if (period < 2 || values.size() < 2 * static_cast<std::size_t>(period)) return std::nullopt;
    StlOptions options;
    options.period = period;
    const auto parts = stl(values, options);
    double scale = 0;
    for (const double value : values) scale = std::max(scale, std::abs(value));
    return strength(parts.seasonal, parts.remainder, scale);
}

}  // namespace fin::timeseries
