#include "timeseries/interpolation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "error.hpp"
#include "timeseries/robust.hpp"
#include "timeseries/stl.hpp"

namespace fin::timeseries {

namespace {

// Lines between the known neighbours of each gap; the ends are held level.
std::vector<double> bridge(std::span<const double> values) {
    std::vector<double> result(values.begin(), values.end());
    std::size_t known = values.size();  // index of the last known value; none yet
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i])) continue;
        const std::size_t from = known == values.size() ? 0 : known + 1;
        for (std::size_t k = from; k < i; ++k) {
            const double share = static_cast<double>(k + 1 - from) / static_cast<double>(i + 1 - from);
            result[k] = known == values.size() ? values[i] : values[known] + share * (values[i] - values[known]);
        }
        known = i;
    }
    if (known < values.size())
        for (std::size_t k = known + 1; k < values.size(); ++k) result[k] = values[known];
    return result;
}

// First guess of the season: mean distance of the known values of a position from the bridged level over one season.
std::vector<double> rough_season(std::span<const double> values, std::span<const double> bridged, std::size_t period) {
    const auto level = loess(bridged, static_cast<int>(period) | 1, 1);
    std::vector<double> sum(period), count(period), effects(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isnan(values[i])) sum[i % period] += values[i] - level[i], ++count[i % period];
    for (std::size_t i = 0; i < values.size(); ++i)
        effects[i] = count[i % period] > 0 ? sum[i % period] / count[i % period] : 0;
    return effects;
}

std::vector<double> fill_with_season(std::span<const double> values, std::span<const double> effects) {
    std::vector<double> adjusted(values.begin(), values.end());
    for (std::size_t i = 0; i < adjusted.size(); ++i) adjusted[i] -= effects[i];
    auto filled = bridge(adjusted);
    for (std::size_t i = 0; i < filled.size(); ++i)
        filled[i] = std::isnan(values[i]) ? filled[i] + effects[i] : values[i];
    return filled;
}

}  // namespace

std::vector<double> seasonal_effects(std::span<const double> values, int period, double least) {
    if (period < 2 || values.size() <= 2 * static_cast<std::size_t>(period)) return {};
    const auto parts = stl(values, {period, 11, true});
    std::vector<double> remainder, both;
    for (std::size_t i = 0; i < values.size(); ++i) {
        // What the robust fit sets aside says nothing about the season.
        if (parts.weights[i] < 0.01) continue;
        remainder.push_back(parts.remainder[i]);
        both.push_back(parts.remainder[i] + parts.seasonal[i]);
    }
    const double all = variance(both).value_or(0), rest = variance(remainder).value_or(0);
    if (!(all > 0) || 1 - rest / all < least) return {};
    return parts.seasonal;
}

std::vector<double> fill_gaps(std::span<const double> values, int period) {
    const auto known =
        values.size() - static_cast<std::size_t>(std::count_if(values.begin(), values.end(),
                                                               [](double value) { return std::isnan(value); }));
    if (known == 0) throw Error(ErrorCode::invalid_argument, "all values of the series are missing");
    auto filled = bridge(values);
    if (known == values.size()) return filled;
    const auto m = static_cast<std::size_t>(std::max(period, 1));
    if (m > 1 && known > 2 * m) {
        const auto plain = filled;
        filled = fill_with_season(values, rough_season(values, filled, m));
        for (int pass = 0; pass < 2; ++pass) {
            const auto effects = seasonal_effects(filled, period, 0.3);
            if (effects.empty()) {
                filled = plain;
                break;
            }
            filled = fill_with_season(values, effects);
        }
    }
    const bool negative = std::any_of(values.begin(), values.end(), [](double value) { return value < 0; });
    for (std::size_t i = 0; !negative && i < filled.size(); ++i) filled[i] = std::max(0.0, filled[i]);
    return filled;
}

}  // namespace fin::timeseries
