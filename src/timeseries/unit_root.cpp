#include "timeseries/unit_root.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "timeseries/robust.hpp"
#include "timeseries/stl.hpp"

namespace fin::timeseries {

std::vector<double> difference(std::span<const double> values, int lag) {
    const std::size_t gap = static_cast<std::size_t>(lag);
    std::vector<double> result;
    for (std::size_t t = gap; t < values.size(); ++t) result.push_back(values[t] - values[t - gap]);
    return result;
}

bool is_constant(std::span<const double> values) {
    if (values.empty()) return true;
    const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
    return *greatest - *least <= 1e-11 * std::max(std::abs(*least), std::abs(*greatest));
}

std::optional<double> kpss(std::span<const double> values) {
    const std::size_t n = values.size();
    if (n < 3 || is_constant(values)) return std::nullopt;
    const double count = static_cast<double>(n);
    const double level = std::accumulate(values.begin(), values.end(), 0.0) / count;
    std::vector<double> rest;
    for (const double value : values) rest.push_back(value - level);
    double walk = 0, walked = 0, spread = 0;
    for (const double r : rest) {
        walk += r;
        walked += walk * walk;
        spread += r * r;
    }
    const std::size_t lags = static_cast<std::size_t>(3 * std::sqrt(count) / 13);
    for (std::size_t lag = 1; lag <= lags; ++lag) {
        double sum = 0;
        for (std::size_t t = lag; t < n; ++t) sum += rest[t] * rest[t - lag];
        spread += 2 * (1 - static_cast<double>(lag) / static_cast<double>(lags + 1)) * sum;
    }
    if (!(spread > 0)) return std::nullopt;
    return walked / (count * spread);
}

int level_differences(std::span<const double> values, int most) {
    std::vector<double> now(values.begin(), values.end());
    for (int order = 0;; ++order) {
        if (order == most || is_constant(now)) return order;
        const std::optional<double> statistic = kpss(now);
        if (!statistic) return std::max(order - 1, 0);
        if (*statistic <= 0.463) return order;  // the 5 % point of the paper's table
        now = difference(now);
    }
}

double seasonal_strength(std::span<const double> values, int period) {
    if (period < 2 || values.size() <= 2 * static_cast<std::size_t>(period) || is_constant(values)) return 0;
    StlOptions options;
    options.period = period;
    options.seasonal_degree = 0;  // lines would take noise for a season in the few years that companies have
    const Decomposition parts = stl(values, options);
    std::vector<double> detrended;
    for (std::size_t t = 0; t < values.size(); ++t) detrended.push_back(parts.seasonal[t] + parts.remainder[t]);
    const double whole = variance(detrended).value_or(0), rest = variance(parts.remainder).value_or(0);
    // A straight line leaves nothing but rounding beside the trend.
    double scale = 0;
    for (const double value : values) scale = std::max(scale, std::abs(value));
    if (!(whole > 1e-20 * scale * scale)) return 0;
    return std::clamp(1 - rest / whole, 0.0, 1.0);
}

int seasonal_differences(std::span<const double> values, int period) {
    return seasonal_strength(values, period) > 0.64 ? 1 : 0;
}

}  // namespace fin::timeseries
