#include "timeseries/robust.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fin::timeseries {

std::optional<double> quantile(std::vector<double> values, double p) {
    if (values.empty()) return std::nullopt;
    const double at = std::clamp(p, 0.0, 1.0) * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(values.begin(), nth, values.end());
    const double low = *nth;
    if (below + 1 == values.size()) return low;
    const double high = *std::min_element(nth + 1, values.end());
    return low + (at - static_cast<double>(below)) * (high - low);
}

std::optional<double> median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

std::optional<double> median_absolute_deviation(std::span<const double> values) {
    const auto middle = median(std::vector<double>(values.begin(), values.end()));
    if (!middle) return std::nullopt;
    std::vector<double> distances;
    distances.reserve(values.size());
    for (const double value : values) distances.push_back(std::abs(value - *middle));
    return median(std::move(distances));
}

std::optional<double> theil_sen_slope(std::span<const double> values) {
    std::vector<double> slopes;
    slopes.reserve(values.size() * values.size() / 2);
    for (std::size_t i = 0; i < values.size(); ++i)
        for (std::size_t j = i + 1; j < values.size(); ++j)
            slopes.push_back((values[j] - values[i]) / static_cast<double>(j - i));
    return median(std::move(slopes));
}

std::optional<double> mean(std::span<const double> values) {
    if (values.empty()) return std::nullopt;
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::optional<double> variance(std::span<const double> values) {
    if (values.size() < 2) return std::nullopt;
    const double middle = *mean(values);
    double sum = 0;
    for (const double value : values) sum += (value - middle) * (value - middle);
    return sum / static_cast<double>(values.size() - 1);
}

}  // namespace fin::timeseries
