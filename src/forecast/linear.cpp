// Straight line and seasonal dummies, both shrunken: a ridge regression whose two prior variances maximise the marginal
// likelihood (empirical Bayes; MacKay 1992), so that a short or noisy history gets little slope and little season.
// Residuals that follow each other are carried on as an autoregression of order 1.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "forecast/models.hpp"
#include "forecast/simple_parts.hpp"

namespace fin::forecast {

namespace {

// Time runs from -1 to 1 over the history, so that the prior of the slope has the units of the values.
double scaled_time(double step, double n) { return n > 1 ? 2 * step / (n - 1) - 1 : 0; }

// Sums over the values of one position of the season.
struct Cell {
    double count = 0, time = 0, value = 0;
};

struct Sums {
    double n = 0, time = 0, time_squares = 0, value = 0, product = 0, squares = 0;
    std::vector<Cell> cells;
};

Sums sums_of(std::span<const double> values, double middle, std::size_t period) {
    Sums sums;
    sums.n = static_cast<double>(values.size());
    sums.cells.resize(period);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double t = scaled_time(static_cast<double>(i), sums.n), y = values[i] - middle;
        sums.time += t, sums.time_squares += t * t, sums.value += y, sums.product += t * y, sums.squares += y * y;
        auto& cell = sums.cells[i % period];
        cell.count += 1, cell.time += t, cell.value += y;
    }
    return sums;
}

// Normal equations with prior variances `slope` and `season` (in units of the error variance). The block of the
// dummies is diagonal, so they are eliminated first and a 2 by 2 system for level and slope remains.
struct Solution {
    double a = 0, b = 0, d = 0;  // the system {a b; b d}
    double level = 0, slope = 0;
    double squares = 0;     // penalised
    double likelihood = 0;  // log marginal, without constants
    double prior_season = 0;
    std::vector<double> season;
};

Solution solve(const Sums& sums, double prior_slope, double prior_season, double least_squares) {
    Solution result;
    result.prior_season = prior_season;
    double a = sums.n, b = sums.time, d = sums.time_squares + 1 / prior_slope;
    double right_level = sums.value, right_slope = sums.product, explained = 0, log_det = 0;
    for (const auto& cell : sums.cells) {
        const double own = cell.count + 1 / prior_season;
        a -= cell.count * cell.count / own;
        b -= cell.count * cell.time / own;
        d -= cell.time * cell.time / own;
        right_level -= cell.count * cell.value / own;
        right_slope -= cell.time * cell.value / own;
        explained += cell.value * cell.value / own;
        log_det += std::log(own * prior_season);
    }
    const double determinant = a * d - b * b;
    result.a = a, result.b = b, result.d = d;
    result.level = (d * right_level - b * right_slope) / determinant;
    result.slope = (a * right_slope - b * right_level) / determinant;
    explained += result.level * right_level + result.slope * right_slope;
    result.squares = std::max(least_squares, sums.squares - explained);
    log_det += std::log(determinant * prior_slope);
    result.likelihood = -0.5 * ((sums.n - 1) * std::log(result.squares) + log_det);
    for (const auto& cell : sums.cells)
        result.season.push_back((cell.value - result.level * cell.count - result.slope * cell.time) /
                                (cell.count + 1 / prior_season));
    return result;
}

constexpr std::array<double, 10> prior_variances = {1e-6, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 1e4};

Solution best_solution(const Sums& sums) {
    // An exact fit leaves rounding errors only; below this they are no evidence.
    const double least = std::max(1e-20 * sums.squares, std::numeric_limits<double>::min());
    Solution best;
    best.likelihood = -std::numeric_limits<double>::infinity();
    const bool can_have_season = sums.cells.size() > 1 && sums.n > static_cast<double>(sums.cells.size());
    for (const double season : prior_variances) {
        for (const double slope : prior_variances)
            if (auto one = solve(sums, slope, season, least); one.likelihood > best.likelihood) best = std::move(one);
        if (!can_have_season) break;
    }
    return best;
}

}  // namespace

Fit linear(const Series& series, int horizon) {
    require(series, horizon, 3, "linear");
    const auto values = series.values;
    const std::size_t n = values.size(), m = static_cast<std::size_t>(series.period);
    double middle = 0;
    for (const double value : values) middle += value / static_cast<double>(n);
    const Sums sums = sums_of(values, middle, m);
    Solution solution = best_solution(sums);

    // What the indices have in common belongs to the level.
    double common = 0;
    for (const double one : solution.season) common += one / static_cast<double>(m);
    const double level = middle + solution.level + common;
    double largest = 0;
    for (double& one : solution.season) one -= common, largest = std::max(largest, std::abs(one));

    Fit fit = blank_fit(series, horizon, "Linear");
    const auto parts_at = [&](std::size_t step) {
        Parts parts;
        parts.level = level;
        parts.trend = solution.slope * scaled_time(static_cast<double>(step), sums.n);
        parts.season = solution.season[step % m];
        return parts;
    };
    for (std::size_t i = 0; i < n; ++i) fit.history[i] = parts_at(i);
    for (std::size_t h = 0; h < fit.future.size(); ++h) fit.future[h] = parts_at(n + h);
    sum_parts(fit, values, 0, 1);

    // Residuals that hang together: what is left of the last one is carried on, fading, and they carry less information
    // on the line than their number says.
    const double together = persistence(fit), inflation = (1 + together) / (1 - together);
    const double last = fit.history.back().remainder;
    for (std::size_t i = n - 1; i > 0; --i) fit.history[i].level += together * fit.history[i - 1].remainder;
    double left = last;
    for (auto& parts : fit.future) left *= together, parts.level += left;
    sum_parts(fit, values, 0, 1);
    const double freedom = std::max(sums.n - 1 - 2 * (inflation - 1), sums.n / 4);
    const double spread = solution.squares / std::max(1.0, freedom);
    const double determinant = solution.a * solution.d - solution.b * solution.b;
    for (std::size_t h = 0; h < fit.future.size(); ++h) {
        const auto& cell = sums.cells[(n + h) % m];
        const double own = cell.count + 1 / solution.prior_season;
        const double u = 1 - cell.count / own;
        const double v = scaled_time(static_cast<double>(n + h), sums.n) - cell.time / own;
        const double of_line = (solution.d * u * u - 2 * solution.b * u * v + solution.a * v * v) / determinant;
        fit.variance[h] =
            spread * (1 - std::pow(together, 2.0 * static_cast<double>(h + 1)) + inflation * (1 / own + of_line));
    }
    double size = 0;
    for (const double value : values) size = std::max(size, std::abs(value));
    fit.seasonal = largest > 1e-3 * size;
    const double slope = n > 1 ? 2 * solution.slope / (sums.n - 1) : 0;
    fit.trended = std::abs(solution.slope) > 1e-3 * size;
    fit.parameters = {{"level", level}, {"slope", slope}, {"ar1", together}, {"sigma2", fit.sigma2}};
    for (std::size_t k = 0; m > 1 && k < m; ++k)
        fit.parameters.push_back({"season" + std::to_string(k + 1), solution.season[k]});
    return fit;
}

}  // namespace fin::forecast
