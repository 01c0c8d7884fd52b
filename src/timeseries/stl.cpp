#include "timeseries/stl.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "error.hpp"
#include "timeseries/robust.hpp"

namespace fin::timeseries {

namespace {

// Local fit at position `at` (it may lie outside the values) from neighbours left..right. Follows the authors' `est`:
// where more neighbours are asked for than there are, the bandwidth grows by half of the difference, rounded down.
// Returns `fallback` where all weights are zero.
double fit_at(std::span<const double> values, int length, int degree, double at, int left, int right,
              std::span<const double> robustness, std::vector<double>& weights, double fallback) {
    const int n = static_cast<int>(values.size());
    double width = std::max(at - left, right - at);
    const int half_beyond = length > n ? (length - n) / 2 : 0;
    width += half_beyond;
    const double far = 0.999 * width, near = 0.001 * width;

    double total = 0;
    for (int i = left; i <= right; ++i) {
        const auto k = static_cast<std::size_t>(i);
        const double distance = std::abs(i - at);
        weights[k] = 0;
        if (distance > far) continue;
        const double share = distance / width;
        const double rest = 1 - share * share * share;
        weights[k] = distance <= near ? 1 : rest * rest * rest;
        if (!robustness.empty()) weights[k] *= robustness[k];
        total += weights[k];
    }
    if (!(total > 0)) return fallback;
    for (int i = left; i <= right; ++i) weights[static_cast<std::size_t>(i)] /= total;

    if (width > 0 && degree > 0) {
        double centre = 0, spread = 0;
        for (int i = left; i <= right; ++i) centre += weights[static_cast<std::size_t>(i)] * i;
        for (int i = left; i <= right; ++i)
            spread += weights[static_cast<std::size_t>(i)] * (i - centre) * (i - centre);
        if (std::sqrt(spread) > 0.001 * (n - 1)) {
            const double slope = (at - centre) / spread;
            for (int i = left; i <= right; ++i) weights[static_cast<std::size_t>(i)] *= slope * (i - centre) + 1;
        }
    }
    double fit = 0;
    for (int i = left; i <= right; ++i)
        fit += weights[static_cast<std::size_t>(i)] * values[static_cast<std::size_t>(i)];
    return fit;
}

std::vector<double> moving_average(std::span<const double> values, int length) {
    std::vector<double> means;
    double sum = std::accumulate(values.begin(), values.begin() + length, 0.0);
    means.push_back(sum / length);
    for (std::size_t i = static_cast<std::size_t>(length); i < values.size(); ++i) {
        sum += values[i] - values[i - static_cast<std::size_t>(length)];
        means.push_back(sum / length);
    }
    return means;
}

// Smooths the values of each calendar month among themselves and extends each by one period at both ends.
std::vector<double> smooth_seasons(std::span<const double> values, const StlOptions& options,
                                   std::span<const double> robustness) {
    const auto period = static_cast<std::size_t>(options.period);
    std::vector<double> smooth(values.size() + 2 * period), series, weights_of_series;
    std::vector<double> scratch(values.size());
    for (std::size_t season = 0; season < period; ++season) {
        series.clear(), weights_of_series.clear();
        for (std::size_t i = season; i < values.size(); i += period) {
            series.push_back(values[i]);
            if (!robustness.empty()) weights_of_series.push_back(robustness[i]);
        }
        const int n = static_cast<int>(series.size());
        const auto inner = loess(series, options.seasonal, options.seasonal_degree, weights_of_series);
        const int reach = std::min(options.seasonal, n);
        smooth[season] = fit_at(series, options.seasonal, options.seasonal_degree, -1, 0, reach - 1, weights_of_series,
                                scratch, inner[0]);
        for (std::size_t i = 0; i < inner.size(); ++i) smooth[(i + 1) * period + season] = inner[i];
        smooth[(inner.size() + 1) * period + season] =
            fit_at(series, options.seasonal, options.seasonal_degree, n, n - reach, n - 1, weights_of_series, scratch,
                   inner.back());
    }
    return smooth;
}

int next_odd(double value) {
    const int whole = static_cast<int>(std::ceil(value));
    return whole % 2 == 0 ? whole + 1 : whole;
}

// Bisquare weights of the remainders against six times their median size.
std::vector<double> robustness_weights(std::span<const double> values, const Decomposition& parts) {
    std::vector<double> sizes(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) sizes[i] = std::abs(values[i] - parts.trend[i] - parts.seasonal[i]);
    const double limit = 6 * *median(sizes);
    std::vector<double> weights(values.size(), 1.0);
    // Remainders of the size of rounding errors say nothing about outliers.
    double scale = 0;
    for (const double value : values) scale = std::max(scale, std::abs(value));
    if (limit <= 1e-12 * scale) return weights;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double share = sizes[i] / limit;
        weights[i] = sizes[i] <= 0.001 * limit   ? 1
                     : sizes[i] <= 0.999 * limit ? (1 - share * share) * (1 - share * share)
                                                 : 0;
    }
    return weights;
}

}  // namespace

std::vector<double> loess(std::span<const double> values, int length, int degree, std::span<const double> weights) {
    const int n = static_cast<int>(values.size());
    std::vector<double> result(values.begin(), values.end()), scratch(values.size());
    if (n < 2) return result;
    const int half = (length + 1) / 2;
    int left = 0, right = std::min(length, n) - 1;
    for (int i = 0; i < n; ++i) {
        if (length < n && i >= half && right != n - 1) ++left, ++right;
        const auto k = static_cast<std::size_t>(i);
        result[k] = fit_at(values, length, degree, i, left, right, weights, scratch, values[k]);
    }
    return result;
}

Decomposition stl(std::span<const double> values, const StlOptions& options) {
    if (options.period < 2 || options.seasonal < 3 || options.seasonal % 2 == 0 || options.seasonal_degree < 0 ||
        options.seasonal_degree > 1)
        throw Error(ErrorCode::invalid_argument,
                    "decomposition needs a period of at least 2, an odd seasonal length and a degree of 0 or 1",
                    "The period is " + std::to_string(options.period) + ", the seasonal length " +
                        std::to_string(options.seasonal) + ".");
    if (values.size() < 2 * static_cast<std::size_t>(options.period))
        throw Error(ErrorCode::invalid_argument, "decomposition needs at least two periods",
                    "There are " + std::to_string(values.size()) + " values, the period is " +
                        std::to_string(options.period) + ".");

    const std::size_t n = values.size();
    const auto period = static_cast<std::size_t>(options.period);
    const int trend_length = next_odd(1.5 * options.period / (1 - 1.5 / options.seasonal));
    const int low_pass_length = next_odd(options.period + 1);
    const int inner = options.robust ? 2 : 5, outer = options.robust ? 15 : 0;

    Decomposition parts{std::vector<double>(n), std::vector<double>(n), std::vector<double>(n),
                        std::vector<double>(n, 1.0)};
    std::vector<double> work(n), robustness;
    for (int pass = 0; pass <= outer; ++pass) {
        for (int step = 0; step < inner; ++step) {
            for (std::size_t i = 0; i < n; ++i) work[i] = values[i] - parts.trend[i];
            const auto seasons = smooth_seasons(work, options, robustness);
            const auto low_pass =
                loess(moving_average(moving_average(moving_average(seasons, options.period), options.period), 3),
                      low_pass_length, 1);
            for (std::size_t i = 0; i < n; ++i) parts.seasonal[i] = seasons[period + i] - low_pass[i];
            for (std::size_t i = 0; i < n; ++i) work[i] = values[i] - parts.seasonal[i];
            parts.trend = loess(work, trend_length, 1, robustness);
        }
        if (pass < outer) robustness = robustness_weights(values, parts);
    }
    if (options.robust) parts.weights = robustness;
    for (std::size_t i = 0; i < n; ++i) parts.remainder[i] = values[i] - parts.trend[i] - parts.seasonal[i];
    return parts;
}

}  // namespace fin::timeseries
