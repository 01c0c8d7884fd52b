#include "forecast/arima_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "forecast/arima_css.hpp"
#include "forecast/least_squares.hpp"
#include "timeseries/unit_root.hpp"

namespace fin::forecast {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> all_differences(std::vector<double> values, int d, int D, int period) {
    for (int i = 0; i < D; ++i) values = timeseries::difference(values, period);
    for (int i = 0; i < d; ++i) values = timeseries::difference(values);
    return values;
}

// Straight lines over the gaps, the nearest value beyond the ends; then, where the same season was seen a period before
// or after, its mean. The likelihood does not depend on the filling, the tests for differences do.
std::vector<double> filled(std::span<const double> values, int period) {
    std::vector<double> result(values.begin(), values.end());
    const std::size_t n = values.size(), none = n, season = static_cast<std::size_t>(period);
    std::size_t before = none;
    for (std::size_t t = 0; t < n; ++t) {
        if (std::isnan(values[t])) continue;
        for (std::size_t s = before == none ? 0 : before + 1; s < t; ++s) {
            const double share = before == none ? 1 : static_cast<double>(s - before) / static_cast<double>(t - before);
            const double left = before == none ? values[t] : values[before];
            result[s] = left + share * (values[t] - left);
        }
        before = t;
    }
    for (std::size_t s = before + 1; before != none && s < n; ++s) result[s] = values[before];
    for (std::size_t t = 0; t < n && period > 1; ++t) {
        if (!std::isnan(values[t])) continue;
        double sum = 0;
        int count = 0;
        if (t >= season && !std::isnan(values[t - season])) sum += values[t - season], ++count;
        if (t + season < n && !std::isnan(values[t + season])) sum += values[t + season], ++count;
        if (count > 0) result[t] = sum / count;
    }
    return result;
}

// The transformed coefficients of the four factors, one after the other.
class Shape {
public:
    Shape(const ArimaOrder& order, int period) : order_(order), period_(period) {}
    std::size_t size() const { return static_cast<std::size_t>(order_.p + order_.P + order_.q + order_.Q); }

    void unfold(std::span<const double> x, Estimate& into) const {
        std::size_t at = 0;
        const auto factor = [&](int count, double sign) {
            std::vector<double> partial(static_cast<std::size_t>(count));
            for (double& one : partial) one = std::tanh(x[at++]);
            std::vector<double> coefficients = from_partial(partial);
            for (double& c : coefficients) c *= sign;
            return coefficients;
        };
        into.ar = factor(order_.p, 1);
        into.sar = factor(order_.P, 1);
        into.ma = factor(order_.q, -1);
        into.sma = factor(order_.Q, -1);
        into.model.phi = product(into.ar, into.sar, period_);
        into.model.theta = moving(into.ma, into.sma);
    }

private:
    std::vector<double> moving(std::vector<double> a, std::vector<double> b) const {
        for (double& c : a) c = -c;
        for (double& c : b) c = -c;
        std::vector<double> result = product(a, b, period_);
        for (double& c : result) c = -c;
        return result;
    }

    ArimaOrder order_;
    int period_;
};

// Where conditional least squares, cheap and regular, has its minimum. The constant is the mean's or the drift's plain
// least-squares value meanwhile.
std::vector<double> conditional_start(const Differenced& series, const Shape& shape, const ArimaOrder& order) {
    std::vector<double> values = series.values;
    if (order.constant) {
        double above = 0, below = 0;
        for (std::size_t t = 0; t < values.size(); ++t)
            above += values[t] * series.drift[t], below += series.drift[t] * series.drift[t];
        for (std::size_t t = 0; t < values.size(); ++t) values[t] -= above / below * series.drift[t];
    }
    const std::size_t skipped = static_cast<std::size_t>(order.p + series.period * order.P);
    std::vector<double> start(shape.size(), 0.0);
    if (skipped + 2 * shape.size() >= values.size()) return start;
    Estimate trial;
    LeastSquaresOptions options;
    options.bound = 2.5;  // inside what the exact likelihood likes: conditional errors explode near the circle
    options.tolerance = 1e-4;
    options.iterations = 15;
    return least_squares(
               [&](std::span<const double> x, std::span<double> errors) {
                   shape.unfold(x, trial);
                   conditional_errors(trial.model, values, skipped, errors);
                   return std::isfinite(std::accumulate(errors.begin(), errors.end(), 0.0));
               },
               values.size(), start, options)
        .x;
}

// The coefficients of a neighbour for this order: what it has more is left out, what it has less starts at zero, which
// in partial autocorrelations changes nothing else.
std::vector<double> transferred(const Estimate& from, const ArimaOrder& order) {
    std::vector<double> result;
    std::size_t at = 0;
    const auto factor = [&](int had, int wanted) {
        for (int i = 0; i < wanted; ++i) result.push_back(i < had ? from.x[at + static_cast<std::size_t>(i)] : 0);
        at += static_cast<std::size_t>(had);
    };
    factor(from.order.p, order.p);
    factor(from.order.P, order.P);
    factor(from.order.q, order.q);
    factor(from.order.Q, order.Q);
    return result;
}

std::vector<std::vector<double>> other_starts(const std::vector<double>& start, const ArimaOrder& order) {
    std::vector<std::vector<double>> result{std::vector<double>(start.size(), 0.0)};
    const std::size_t ma = static_cast<std::size_t>(order.p + order.P), sma = ma + static_cast<std::size_t>(order.q);
    for (int which = 1; which < 4; ++which) {
        const bool plain = (which & 1) != 0, seasonal = (which & 2) != 0;
        if ((plain && order.q == 0) || (seasonal && order.Q == 0)) continue;
        for (const auto& base : {start, result.front()}) {
            std::vector<double> other = base;
            if (plain) other[ma] = 2;  // partial autocorrelation 0.96
            if (seasonal) other[sma] = 2;
            result.push_back(std::move(other));
        }
    }
    // An AR and a MA part near each other cancel: their hills lie on both sides of that ridge.
    const std::size_t plain = result.size();
    for (std::size_t i = 0; i < plain && order.p > 0; ++i)
        for (const double ar : {-1.0, 1.0}) {
            result.push_back(result[i]);
            result.back()[0] = ar;
        }
    return result;
}

}  // namespace

Differenced differenced(std::span<const double> values, int d, int D, int period) {
    Differenced result;
    result.d = d;
    result.D = D;
    result.period = period;
    result.whole = filled(values, period);
    result.values = all_differences(result.whole, d, D, period);
    // A drift is so much a step; the first differences of a straight line are 1, its seasonal ones the period.
    double drift = 1;
    for (int i = 0; i < D; ++i) drift *= period;
    result.drift.assign(result.values.size(), drift);
    for (std::size_t t = 0; t < values.size(); ++t) {
        if (!std::isnan(values[t])) continue;
        std::vector<double> pulse(values.size(), 0.0);
        pulse[t] = 1;
        result.missing.push_back(t);
        result.gaps.push_back(all_differences(std::move(pulse), d, D, period));
    }
    return result;
}

ExactLikelihood filter_of(const Differenced& series, bool constant) {
    std::vector<std::vector<double>> columns = series.gaps;
    if (constant) columns.push_back(series.drift);
    return ExactLikelihood(series.values, std::move(columns), series.gaps.size());
}

Estimate estimate(const Differenced& series, const ArimaOrder& order, const EstimateOptions& options) {
    Estimate result;
    result.order = order;
    const Shape shape(order, series.period);
    const int used = static_cast<int>(series.values.size() - series.gaps.size());
    const int coefficients = static_cast<int>(shape.size()) + (order.constant ? 1 : 0);
    if (used <= coefficients + 1) return result;

    ExactLikelihood likelihood = filter_of(series, order.constant);
    const double n = used;
    Estimate trial;
    const auto residuals = [&](std::span<const double> x, std::span<double> out) {
        shape.unfold(x, trial);
        if (!likelihood.evaluate(trial.model)) return false;
        // n log(sum of squares) + log determinant is the log of one sum of squares.
        const double scale = std::exp(likelihood.log_determinant() / (2 * n));
        const auto& errors = likelihood.standardised();
        for (std::size_t t = 0; t < errors.size(); ++t) out[t] = errors[t] * scale;
        return true;
    };
    const auto objective = [&](std::span<const double> x) {
        shape.unfold(x, trial);
        if (!likelihood.evaluate(trial.model)) return std::numeric_limits<double>::infinity();
        return std::log(likelihood.sum_of_squares()) + likelihood.log_determinant() / n;
    };
    LeastSquaresOptions search;
    search.tolerance = options.tolerance;
    std::vector<double> start;
    if (options.near != nullptr) start = transferred(*options.near, order);
    if (options.conditional || start.empty()) {
        std::vector<double> conditional = conditional_start(series, shape, order);
        if (start.empty() || objective(conditional) < objective(start)) start = std::move(conditional);
    }
    Minimum minimum = least_squares(residuals, series.values.size(), start, search);
    if (options.thorough) {
        for (const auto& other : other_starts(start, order)) {
            Minimum found = least_squares(residuals, series.values.size(), other, search);
            if (found.found && (!minimum.found || found.sum < minimum.sum)) minimum = std::move(found);
        }
    }
    if (!minimum.found) return result;

    result.x = minimum.x;
    shape.unfold(result.x, result);
    if (!likelihood.evaluate(result.model)) return result;
    result.log_likelihood = likelihood.log_likelihood();
    result.sigma2 = likelihood.sum_of_squares() / (used - coefficients);
    result.constant = order.constant ? likelihood.effects().back() : 0;
    const int k = coefficients + 1;
    const double aic = -2 * result.log_likelihood + 2 * k;
    result.aicc = used - k - 1 > 0 ? aic + 2.0 * k * (k + 1) / (used - k - 1) : nan;
    result.found = std::isfinite(result.log_likelihood) && std::isfinite(result.sigma2);
    return result;
}

bool well_inside(const Estimate& estimate) {
    const auto inside = [](std::vector<double> coefficients, double sign) {
        for (double& c : coefficients) c *= sign;
        return roots_beyond(coefficients, 1.01);
    };
    return inside(estimate.ar, 1) && inside(estimate.sar, 1) && inside(estimate.ma, -1) && inside(estimate.sma, -1);
}

std::string name_of(const ArimaOrder& order, int period) {
    const auto triple = [](int a, int b, int c) {
        return "(" + std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(c) + ")";
    };
    std::string name = "ARIMA" + triple(order.p, order.d, order.q);
    if (order.P + order.D + order.Q > 0) name += triple(order.P, order.D, order.Q) + "[" + std::to_string(period) + "]";
    if (order.constant) name += order.d + order.D == 0 ? " with mean" : " with drift";
    return name;
}

}  // namespace fin::forecast
