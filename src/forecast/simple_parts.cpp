#include "forecast/simple_parts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "error.hpp"

namespace fin::forecast {

namespace {

double sum_of(const Parts& parts) { return parts.level + parts.trend + parts.season + parts.event; }

// Centred moving average over one season; the ends, half a season each, have none.
std::vector<double> centred_average(std::span<const double> values, std::size_t period) {
    const std::size_t half = period / 2;
    std::vector<double> means(values.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = half; i + half < values.size(); ++i) {
        double sum = 0;
        for (std::size_t k = i - half; k <= i + half; ++k) sum += values[k];
        // An even season has no middle value: both ends count half.
        if (period % 2 == 0) sum -= (values[i - half] + values[i + half]) / 2;
        means[i] = sum / static_cast<double>(period);
    }
    return means;
}

SeasonalIndex index_of(std::span<const double> values, std::size_t period, bool multiplicative) {
    const auto trend = centred_average(values, period);
    std::vector<double> sum(period), squares(period), count(period);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(trend[i])) continue;
        const double seen = multiplicative ? values[i] / trend[i] : values[i] - trend[i];
        sum[i % period] += seen, squares[i % period] += seen * seen, count[i % period] += 1;
    }
    SeasonalIndex result{multiplicative, std::vector<double>(period), 0};
    double scatter = 0, freedom = 0, total = 0;
    for (std::size_t k = 0; k < period; ++k) {
        result.index[k] = sum[k] / count[k];
        scatter += std::max(0.0, squares[k] - sum[k] * sum[k] / count[k]);
        freedom += count[k] - 1;
        total += count[k];
    }
    const double middle = std::accumulate(result.index.begin(), result.index.end(), 0.0) / static_cast<double>(period);
    for (double& one : result.index) one = multiplicative ? one / middle : one - middle;
    if (freedom > 0) result.error_variance = scatter / freedom * static_cast<double>(period) / total;
    return result;
}

}  // namespace

void require(const Series& series, int horizon, std::size_t least, const std::string& model) {
    if (series.values.size() < least)
        throw Error(ErrorCode::invalid_argument, "the series is too short for the model " + model,
                    "There are " + std::to_string(series.values.size()) + " values, the model needs " +
                        std::to_string(least) + ".");
    if (horizon < 1 || series.period < 1)
        throw Error(
            ErrorCode::invalid_argument, "a forecast needs a horizon and a period of at least 1",
            "The horizon is " + std::to_string(horizon) + ", the period " + std::to_string(series.period) + ".");
    for (std::size_t i = 0; i < series.values.size(); ++i)
        if (!std::isfinite(series.values[i]))
            throw Error(ErrorCode::invalid_argument, "the model " + model + " needs a complete series",
                        "Value " + std::to_string(i + 1) + " is missing or not finite.");
}

Fit blank_fit(const Series& series, int horizon, const std::string& model) {
    Fit fit;
    fit.model = model;
    const auto steps = static_cast<std::size_t>(horizon);
    fit.fitted.resize(series.values.size());
    fit.history.resize(series.values.size());
    fit.mean.resize(steps);
    fit.variance.resize(steps);
    fit.future.resize(steps);
    fit.log_likelihood = fit.aicc = std::numeric_limits<double>::quiet_NaN();
    return fit;
}

void sum_parts(Fit& fit, std::span<const double> values, std::size_t first, int parameters) {
    double squares = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        fit.fitted[i] = sum_of(fit.history[i]);
        fit.history[i].remainder = values[i] - fit.fitted[i];
        if (i >= first) squares += fit.history[i].remainder * fit.history[i].remainder;
    }
    const double freedom = static_cast<double>(values.size() - first) - parameters;
    fit.sigma2 = squares / std::max(1.0, freedom);
    for (std::size_t h = 0; h < fit.future.size(); ++h) fit.mean[h] = sum_of(fit.future[h]);
}

double persistence(const Fit& fit) {
    double product = 0, squares = 0;
    for (std::size_t i = 0; i < fit.history.size(); ++i) {
        squares += fit.history[i].remainder * fit.history[i].remainder;
        if (i > 0) product += fit.history[i].remainder * fit.history[i - 1].remainder;
    }
    return squares > 0 ? std::clamp(product / squares, 0.0, 0.9) : 0;
}

bool season_shows(std::span<const double> values, int period) {
    const std::size_t n = values.size();
    const auto m = static_cast<std::size_t>(period);
    if (period < 2 || n <= 2 * m) return false;
    const double middle = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(n);
    double spread = 0, size = 0;
    for (const double value : values) {
        spread += (value - middle) * (value - middle);
        size = std::max(size, std::abs(value));
    }
    // A scatter of the size of rounding errors is a constant series.
    if (spread <= 1e-24 * size * size * static_cast<double>(n)) return false;
    double squares = 0, last = 0;
    for (std::size_t lag = 1; lag <= m; ++lag) {
        double product = 0;
        for (std::size_t i = lag; i < n; ++i) product += (values[i] - middle) * (values[i - lag] - middle);
        last = product / spread;
        if (lag < m) squares += last * last;
    }
    return std::abs(last) > 1.6448536269514722 * std::sqrt((1 + 2 * squares) / static_cast<double>(n));
}

SeasonalIndex seasonal_index(std::span<const double> values, int period) {
    const auto m = static_cast<std::size_t>(period);
    const bool above = std::all_of(values.begin(), values.end(), [](double value) { return value >= 0; });
    const bool below = std::all_of(values.begin(), values.end(), [](double value) { return value <= 0; });
    if (above || below) {
        auto ratios = index_of(values, m, true);
        if (std::all_of(ratios.index.begin(), ratios.index.end(), [](double one) { return one >= 1e-4; }))
            return ratios;
    }
    return index_of(values, m, false);
}

Line least_squares_line(std::span<const double> values) {
    const double n = static_cast<double>(values.size());
    const double middle = (n - 1) / 2, level = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double product = 0, spread = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double t = static_cast<double>(i) - middle;
        product += t * (values[i] - level);
        spread += t * t;
    }
    const double slope = spread > 0 ? product / spread : 0;
    return {level - slope * middle, slope};
}

}  // namespace fin::forecast
