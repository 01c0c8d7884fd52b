// The simplest models: last season again, random walk with drift, mean.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "forecast/models.hpp"
#include "forecast/simple_parts.hpp"

namespace fin::forecast {

namespace {

double mean_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// With one or two differences their mean square says little: it is helped by the scatter of the values, as two more.
double helped_variance(double squares, double count, std::span<const double> values, double enough) {
    if (count >= enough) return squares / count;
    const double middle = mean_of(values);
    double scatter = 0;
    for (const double value : values) scatter += (value - middle) * (value - middle);
    scatter /= static_cast<double>(values.size());
    return (squares + 2 * scatter) / (count + 2);
}

}  // namespace

// Value of the same position one season ago. The first season has no past: its fitted values are its mean.
Fit seasonal_naive(const Series& series, int horizon) {
    const auto m = static_cast<std::size_t>(series.period);
    require(series, horizon, std::max<std::size_t>(m, 2), "seasonal naive");
    const auto values = series.values;
    const std::size_t n = values.size();
    Fit fit = blank_fit(series, horizon, m > 1 ? "Seasonal naive" : "Naive");
    for (std::size_t i = 0; i < n; ++i) {
        auto& parts = fit.history[i];
        parts.level = mean_of(i < m ? values.first(m) : values.subspan(i - m, m));
        if (i >= m) parts.season = values[i - m] - parts.level;
    }
    const auto last = values.subspan(n - m, m);
    const double level = mean_of(last);
    for (std::size_t h = 0; h < fit.future.size(); ++h) {
        fit.future[h].level = level;
        fit.future[h].season = last[h % m] - level;
    }
    sum_parts(fit, values, 0, 0);
    double squares = 0;
    for (std::size_t i = m; i < n; ++i) squares += (values[i] - values[i - m]) * (values[i] - values[i - m]);
    fit.sigma2 = helped_variance(squares, static_cast<double>(n - m), values,
                                 static_cast<double>(std::max<std::size_t>(m / 2, 2)));
    for (std::size_t h = 0; h < fit.future.size(); ++h) {
        const std::size_t seasons = h / m + 1;
        fit.variance[h] = fit.sigma2 * static_cast<double>(seasons);
    }
    fit.parameters = {{"sigma2", fit.sigma2}};
    fit.seasonal = m > 1;
    return fit;
}

// Last value plus the mean change; the error of the mean change is in the variance.
Fit drift(const Series& series, int horizon) {
    require(series, horizon, 3, "drift");
    const auto values = series.values;
    const std::size_t n = values.size();
    const double changes = static_cast<double>(n - 1), step = (values[n - 1] - values[0]) / changes;
    Fit fit = blank_fit(series, horizon, "Random walk with drift");
    fit.history[0].level = values[0] - step;
    fit.history[0].trend = step;
    for (std::size_t i = 1; i < n; ++i) fit.history[i].level = values[i - 1], fit.history[i].trend = step;
    for (std::size_t h = 0; h < fit.future.size(); ++h) {
        fit.future[h].level = values[n - 1];
        fit.future[h].trend = step * static_cast<double>(h + 1);
    }
    sum_parts(fit, values, 1, 1);
    for (std::size_t h = 0; h < fit.future.size(); ++h) {
        const double ahead = static_cast<double>(h + 1);
        fit.variance[h] = fit.sigma2 * (ahead + ahead * ahead / changes);
    }
    fit.parameters = {{"drift", step}, {"sigma2", fit.sigma2}};
    fit.trended = step != 0;
    return fit;
}

// The mean of all values; fitted is the mean as of all history, not of the past of each value.
Fit mean_level(const Series& series, int horizon) {
    require(series, horizon, 2, "mean");
    const double level = mean_of(series.values);
    Fit fit = blank_fit(series, horizon, "Mean");
    for (auto& parts : fit.history) parts.level = level;
    for (auto& parts : fit.future) parts.level = level;
    sum_parts(fit, series.values, 0, 1);
    const double n = static_cast<double>(series.values.size());
    for (double& variance : fit.variance) variance = fit.sigma2 * (1 + 1 / n);
    fit.parameters = {{"mean", level}, {"sigma2", fit.sigma2}};
    return fit;
}

}  // namespace fin::forecast
