// Theta (Assimakopoulos and Nikolopoulos 2000; as smoothing with drift, Hyndman and Billah 2003) and the dynamic
// optimised theta model (Fiorucci, Pellegrini, Louzada, Petropoulos, Koehler 2016).
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "forecast/models.hpp"
#include "forecast/simple_parts.hpp"

namespace fin::forecast {

namespace {

// Smallest value of f on [low, high]: a grid, then golden section around its best point.
template <class Function>
double minimise(double low, double high, Function f) {
    constexpr int cells = 24;
    const double step = (high - low) / cells;
    int best = 0;
    double least = f(low);
    for (int i = 1; i <= cells; ++i)
        if (const double value = f(low + step * i); value < least) least = value, best = i;
    double a = low + step * std::max(0, best - 1), b = low + step * std::min(cells, best + 1);
    const double ratio = (std::sqrt(5.0) - 1) / 2;
    double c = b - ratio * (b - a), d = a + ratio * (b - a), at_c = f(c), at_d = f(d);
    while (b - a > 1e-7) {
        if (at_c <= at_d) {
            b = d, d = c, at_d = at_c, c = b - ratio * (b - a), at_c = f(c);
        } else {
            a = c, c = d, at_c = at_d, d = a + ratio * (b - a), at_d = f(d);
        }
    }
    const double inside = (a + b) / 2;
    return f(inside) <= least ? inside : low + step * best;
}

struct Smoothing {
    double alpha = 0, start = 0, squares = 0;
};

// Simple smoothing is linear in its first level, which is therefore solved for and not searched.
Smoothing smooth_with(std::span<const double> values, double alpha) {
    double known = 0, share = 1;  // level = known + share * start
    double product = 0, weight = 0, squares = 0;
    for (const double value : values) {
        const double seen = value - known;
        product += seen * share, weight += share * share, squares += seen * seen;
        known += alpha * seen;
        share *= 1 - alpha;
    }
    const double start = product / weight;
    return {alpha, start, std::max(0.0, squares - start * product)};
}

// Bounds of alpha as forecast::ets has them.
Smoothing smooth(std::span<const double> values) {
    const double alpha = minimise(1e-4, 0.9999, [&](double at) { return smooth_with(values, at).squares; });
    return smooth_with(values, alpha);
}

struct Adjusted {
    bool seasonal = false;
    SeasonalIndex season;
    std::vector<double> values;

    double season_of(std::size_t step, double value) const {
        if (!seasonal) return 0;
        const double one = season.index[step % season.index.size()];
        return season.multiplicative ? value * (one - 1) : one;
    }
    double factor(std::size_t step) const {
        return seasonal && season.multiplicative ? season.index[step % season.index.size()] : 1;
    }
    // Error of the index itself, in the units of the series.
    double error(double value) const {
        if (!seasonal) return 0;
        return season.multiplicative ? value * value * season.error_variance : season.error_variance;
    }
};

Adjusted adjust(const Series& series) {
    Adjusted result;
    result.values.assign(series.values.begin(), series.values.end());
    result.seasonal = season_shows(series.values, series.period);
    if (!result.seasonal) return result;
    result.season = seasonal_index(series.values, series.period);
    for (std::size_t i = 0; i < result.values.size(); ++i) {
        const double one = result.season.index[i % result.season.index.size()];
        result.values[i] = result.season.multiplicative ? result.values[i] / one : result.values[i] - one;
    }
    return result;
}

// Error variance of a least-squares slope over n values of a local level: the walk of the level (variance
// alpha^2 sigma^2 a step) gives 6/5 of it over n, the rest of the error 12 / n^3.
double slope_variance(double sigma2, double alpha, double n) {
    return 1.2 * alpha * alpha * sigma2 / n + 12 * (1 - alpha) * (1 - alpha) * sigma2 / (n * n * n);
}

double mean_square(std::span<const double> values, std::span<const double> predicted, std::size_t first,
                   int parameters) {
    double squares = 0;
    for (std::size_t i = first; i < values.size(); ++i)
        squares += (values[i] - predicted[i]) * (values[i] - predicted[i]);
    return squares / std::max(1.0, static_cast<double>(values.size() - first) - parameters);
}

void season_parts(Fit& fit, const Adjusted& series) {
    const std::size_t n = fit.history.size();
    for (std::size_t i = 0; i < n; ++i)
        fit.history[i].season = series.season_of(i, fit.history[i].level + fit.history[i].trend);
    for (std::size_t h = 0; h < fit.future.size(); ++h)
        fit.future[h].season = series.season_of(n + h, fit.future[h].level + fit.future[h].trend);
}

}  // namespace

Fit theta(const Series& series, int horizon) {
    require(series, horizon, 3, "theta");
    const Adjusted adjusted = adjust(series);
    const std::span<const double> values = adjusted.values;
    const std::size_t n = values.size();
    const auto smoothing = smooth(values);
    const double alpha = smoothing.alpha;
    // The line of theta = 0 goes on with its slope, that of theta = 2 is smoothed flat: half of the slope remains.
    const double drift = least_squares_line(values).slope / 2;

    Fit fit = blank_fit(series, horizon, "Theta");
    std::vector<double> predicted(n);
    double level = smoothing.start, rest = 1;  // rest = (1 - alpha)^i
    for (std::size_t i = 0; i < n; ++i) {
        fit.history[i].level = level;
        fit.history[i].trend = drift * (1 - rest) / alpha;
        predicted[i] = fit.history[i].level + fit.history[i].trend;
        level += alpha * (values[i] - level);
        rest *= 1 - alpha;
    }
    const double sigma2 = mean_square(values, predicted, 0, 2);
    // Half of the slope is its best guess where the slope is as likely noise as truth: then half of its error variance
    // remains.
    const double drift_error = slope_variance(sigma2, alpha, static_cast<double>(n)) / 2;
    for (std::size_t h = 0; h < fit.future.size(); ++h) {
        const double reach = static_cast<double>(h) + (1 - rest) / alpha;
        fit.future[h].level = level;
        fit.future[h].trend = drift * reach;
        const double value = fit.future[h].level + fit.future[h].trend, factor = adjusted.factor(n + h);
        fit.variance[h] =
            factor * factor * (sigma2 * (1 + static_cast<double>(h) * alpha * alpha) + reach * reach * drift_error) +
            adjusted.error(value);
    }
    season_parts(fit, adjusted);
    sum_parts(fit, series.values, 0, 2);
    fit.parameters = {{"alpha", alpha}, {"drift", drift}, {"level", level}, {"sigma2", fit.sigma2}};
    fit.seasonal = adjusted.seasonal;
    fit.trended = drift != 0;
    return fit;
}

namespace {

// The line through all values so far, brought forward value by value (equations 14 to 18 of the paper).
struct RunningLine {
    double count = 0, mean = 0, slope = 0;

    void add(double value) {
        ++count;
        const double before = mean;
        mean += (value - mean) / count;
        if (count > 1) slope = ((count - 2) * slope + 6 * (value - before) / count) / (count + 1);
    }
    double intercept() const { return mean - slope * (count + 1) / 2; }
};

// What the line adds to the level for the next value; rest = (1 - alpha)^(values so far).
double line_share(const RunningLine& line, double alpha, double rest) {
    return rest * line.intercept() + (1 - rest * (1 - alpha)) / alpha * line.slope;
}

struct Dynamic {
    double alpha = 0, start = 0, weight = 0, squares = 0;  // weight = 1 - 1/theta, 0..1
};

constexpr std::size_t warm_up = 2;  // two values make the first line, errors count from the third

// For one alpha the prediction is linear in the first level and in the weight of the line: both by least squares, the
// weight within 0..1 (theta at least 1).
Dynamic dynamic_with(std::span<const double> values, double alpha) {
    RunningLine line;
    double known = 0, share = 1;
    double ss = 0, sw = 0, ww = 0, sy = 0, wy = 0, yy = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i >= warm_up) {
            const double seen = values[i] - known, added = line_share(line, alpha, share);
            ss += share * share, sw += share * added, ww += added * added;
            sy += share * seen, wy += added * seen, yy += seen * seen;
        }
        known += alpha * (values[i] - known);
        share *= 1 - alpha;
        line.add(values[i]);
    }
    const double determinant = ss * ww - sw * sw;
    double weight = determinant > 1e-12 * ss * ww ? (ss * wy - sw * sy) / determinant : 0;
    weight = std::clamp(weight, 0.0, 1.0);
    const double start = ss > 1e-300 ? (sy - weight * sw) / ss : 0;
    const double squares =
        yy - 2 * start * sy - 2 * weight * wy + start * start * ss + 2 * start * weight * sw + weight * weight * ww;
    return {alpha, start, weight, std::max(0.0, squares)};
}

// The model run forward on its own predictions; `shock` is added to the first of them.
std::vector<double> run_on(double level, double rest, RunningLine line, const Dynamic& model, std::size_t steps,
                           double shock, std::vector<double>* levels = nullptr) {
    std::vector<double> means(steps);
    for (std::size_t h = 0; h < steps; ++h) {
        means[h] = level + model.weight * line_share(line, model.alpha, rest);
        if (levels) levels->push_back(level);
        const double taken = means[h] + (h == 0 ? shock : 0);
        level += model.alpha * (taken - level);
        rest *= 1 - model.alpha;
        line.add(taken);
    }
    return means;
}

}  // namespace

Fit dynamic_theta(const Series& series, int horizon) {
    require(series, horizon, 5, "dynamic theta");
    const Adjusted adjusted = adjust(series);
    const std::span<const double> values = adjusted.values;
    const std::size_t n = values.size();
    const double alpha = minimise(0.01, 0.99, [&](double at) { return dynamic_with(values, at).squares; });
    const Dynamic model = dynamic_with(values, alpha);

    Fit fit = blank_fit(series, horizon, "Dynamic theta");
    std::vector<double> predicted(n);
    RunningLine line;
    double level = model.start, rest = 1;
    for (std::size_t i = 0; i < n; ++i) {
        fit.history[i].level = level;
        fit.history[i].trend = i == 0 ? 0 : model.weight * line_share(line, alpha, rest);
        predicted[i] = fit.history[i].level + fit.history[i].trend;
        level += alpha * (values[i] - level);
        rest *= 1 - alpha;
        line.add(values[i]);
    }
    const double sigma2 = mean_square(values, predicted, warm_up, 3);
    const auto steps = static_cast<std::size_t>(horizon);
    const auto means = run_on(level, rest, line, model, steps, 0);
    // A unit error now and what it does to every later step: the psi weights of the linear recursion.
    const auto shocked = run_on(level, rest, line, model, steps, 1);
    // As for theta: a weight w of the line is the best guess where w of the slope's error variance remains.
    const double drift_error = std::max(model.weight, 0.25) * slope_variance(sigma2, alpha, static_cast<double>(n));
    double grown = 1;
    for (std::size_t h = 0; h < steps; ++h) {
        fit.future[h].level = level;
        fit.future[h].trend = means[h] - level;
        const double reach = static_cast<double>(h + 1), factor = adjusted.factor(n + h);
        fit.variance[h] = factor * factor * (sigma2 * grown + reach * reach * drift_error) + adjusted.error(means[h]);
        if (h + 1 < steps) grown += (shocked[h + 1] - means[h + 1]) * (shocked[h + 1] - means[h + 1]);
    }
    season_parts(fit, adjusted);
    sum_parts(fit, series.values, warm_up, 3);
    fit.parameters = {{"alpha", alpha}, {"line_weight", model.weight}, {"level0", model.start}, {"slope", line.slope},
                      {"level", level}, {"sigma2", fit.sigma2}};
    fit.seasonal = adjusted.seasonal;
    fit.trended = model.weight > 0 && line.slope != 0;
    return fit;
}

}  // namespace fin::forecast
