// One ARIMA order fitted and described: forecasts, their variances and additive parts.
#include <algorithm>
#include <cmath>
#include <limits>

#include "error.hpp"
#include "forecast/arima_estimate.hpp"
#include "timeseries/stl.hpp"
#include "timeseries/unit_root.hpp"

namespace fin::forecast {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Coefficients c of y_t = c1 y_(t-1) + c2 y_(t-2) + ... that differencing d times and D seasons stands for.
std::vector<double> differencing(int d, int D, int period) {
    std::vector<double> result;
    for (int i = 0; i < d; ++i) result = product(result, std::vector<double>{1.0}, 1);
    for (int i = 0; i < D; ++i) result = product(result, std::vector<double>{1.0}, period);
    return result;
}

// Variance of the forecast error by horizon in units of sigma2: sums of squared psi weights of the model with its unit
// roots (Box and Jenkins 1976, 5.1).
std::vector<double> error_variances(const Arma& model, std::span<const double> unit_roots, int horizon) {
    const std::vector<double> left = product(model.phi, unit_roots, 1);
    std::vector<double> psi{1.0}, result;
    double sum = 0;
    for (std::size_t h = 0; h < static_cast<std::size_t>(horizon); ++h) {
        if (h > 0) {
            double value = h <= model.theta.size() ? model.theta[h - 1] : 0;
            for (std::size_t i = 0; i < std::min(h, left.size()); ++i) value += left[i] * psi[h - 1 - i];
            psi.push_back(value);
        }
        sum += psi[h] * psi[h];
        result.push_back(sum);
    }
    return result;
}

// Forecasts of the differenced series, then sums to undo the differencing.
std::vector<double> undifferenced(std::span<const double> history, std::span<const double> changes,
                                  std::span<const double> unit_roots) {
    std::vector<double> values(history.begin(), history.end());
    for (const double change : changes) {
        double value = change;
        for (std::size_t i = 0; i < unit_roots.size(); ++i) value += unit_roots[i] * values[values.size() - 1 - i];
        values.push_back(value);
    }
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(history.size()));
    return values;
}

// Predictions of the differenced series from the state of the filter after its end.
std::vector<double> continued(std::vector<double> state, const Arma& model, double constant, int horizon) {
    std::vector<double> changes;
    for (int h = 0; h < horizon; ++h) {
        const double first = state[0];
        changes.push_back(first + constant);
        for (std::size_t i = 0; i + 1 < state.size(); ++i)
            state[i] = state[i + 1] + (i < model.phi.size() ? model.phi[i] * first : 0);
    }
    return changes;
}

// What not knowing the missing values adds: a forecast is linear in them, and their errors have the covariance of the
// effects of their columns.
void add_gap_variances(std::vector<double>& variance, const ExactLikelihood& filter, const Differenced& differenced,
                       const Estimate& estimate, std::span<const double> unit_roots) {
    const int horizon = static_cast<int>(variance.size());
    const std::size_t count = differenced.missing.size();
    if (count == 0) return;
    std::vector<std::vector<double>> influence;
    for (std::size_t j = 0; j < count; ++j) {
        std::vector<double> pulse(differenced.whole.size(), 0.0);
        pulse[differenced.missing[j]] = 1;
        influence.push_back(
            undifferenced(pulse, continued(filter.column_state(j), estimate.model, 0, horizon), unit_roots));
    }
    std::vector<double> weights(filter.effects().size(), 0.0);  // of a constant: none, as its uncertainty is left out
    for (std::size_t h = 0; h < variance.size(); ++h) {
        for (std::size_t j = 0; j < count; ++j) weights[j] = influence[j][h];
        variance[h] += filter.effect_variance(weights);
    }
}

// Additive parts by STL of the history continued by its forecasts: the season of the future is the one the forecast
// shows, the trend is what remains of it. Without a season the trend is a smooth line through the history.
void add_parts(Fit& fit, std::span<const double> values, int period) {
    std::vector<double> whole(values.begin(), values.end());
    whole.insert(whole.end(), fit.mean.begin(), fit.mean.end());
    const std::size_t n = values.size();
    std::vector<double> season(whole.size(), 0.0), trend(whole.size(), 0.0);
    if (fit.seasonal && whole.size() > 2 * static_cast<std::size_t>(period)) {
        timeseries::StlOptions options;
        options.period = period;
        timeseries::Decomposition parts = timeseries::stl(whole, options);
        season = std::move(parts.seasonal);
        trend = std::move(parts.trend);
    } else if (n >= 4) {
        trend = timeseries::loess(whole, std::max(5, static_cast<int>(n) / 2 * 2 + 1), 1);
    } else {
        trend = whole;
    }
    const double level = trend[n - 1];
    for (std::size_t t = 0; t < whole.size(); ++t) {
        Parts part;
        part.level = level;
        part.season = season[t];
        if (t < n) {
            part.trend = trend[t] - level;
            part.remainder = whole[t] - part.level - part.trend - part.season;
            fit.history.push_back(part);
        } else {
            part.trend = whole[t] - part.level - part.season;
            fit.future.push_back(part);
        }
    }
}

void add_parameters(Fit& fit, const Estimate& estimate) {
    const auto add = [&](const char* name, const std::vector<double>& values) {
        for (std::size_t i = 0; i < values.size(); ++i)
            fit.parameters.push_back({name + std::to_string(i + 1), values[i]});
    };
    add("ar", estimate.ar);
    add("ma", estimate.ma);
    add("sar", estimate.sar);
    add("sma", estimate.sma);
    if (estimate.order.constant)
        fit.parameters.push_back({estimate.order.d + estimate.order.D == 0 ? "mean" : "drift", estimate.constant});
    fit.parameters.push_back({"sigma2", fit.sigma2});
}

void require(bool holds, const char* message, const std::string& detail = {}) {
    if (!holds) throw Error(ErrorCode::invalid_argument, message, detail);
}

void check_order(const Series& series, const ArimaOrder& order) {
    for (const int part : {order.p, order.d, order.q, order.P, order.D, order.Q})
        require(part >= 0 && part <= 20, "each order of an ARIMA model must be between 0 and 20");
    require(series.period > 1 || order.P + order.D + order.Q == 0, "a seasonal ARIMA model needs a period above 1");
    require(!order.constant || order.d + order.D <= 1, "an ARIMA model has a constant only where d + D is at most 1");
    const std::size_t lost = static_cast<std::size_t>(order.d + series.period * order.D);
    require(series.values.size() >= lost + 1, "the series is too short for this ARIMA order",
            std::to_string(series.values.size()) + " values, " + std::to_string(lost) + " lost by differencing");
}

void check_fit(const Fit& fit) {
    const auto finite = [](const std::vector<double>& values) {
        return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
    };
    if (!finite(fit.fitted) || !finite(fit.mean) || !finite(fit.variance) || !std::isfinite(fit.sigma2))
        throw Error(ErrorCode::not_converged, "the ARIMA model gives no finite forecast", fit.model);
}

}  // namespace

void check_series(const Series& series, int horizon) {
    require(horizon >= 1, "the horizon of a forecast must be at least 1");
    require(series.period >= 1, "the period of a series must be at least 1");
    std::size_t missing = 0;
    for (const double value : series.values) {
        require(!std::isinf(value), "the values of a series must be finite");
        if (std::isnan(value)) ++missing;
    }
    require(missing < series.values.size(), "a forecast needs at least one value");
    require(2 * missing <= series.values.size(), "more than half of the values are missing",
            std::to_string(missing) + " of " + std::to_string(series.values.size()));
}

Fit describe(const Series& series, int horizon, const Differenced& differenced, const Estimate& estimate) {
    const ArimaOrder& order = estimate.order;
    Fit fit;
    fit.model = name_of(order, series.period);
    fit.sigma2 = estimate.sigma2;
    fit.log_likelihood = estimate.log_likelihood;
    fit.aicc = estimate.aicc;
    fit.seasonal = order.P + order.D + order.Q > 0;
    fit.trended = order.d == 2 || (order.d == 1 && order.D == 1) || (order.constant && order.d + order.D == 1);

    ExactLikelihood filter = filter_of(differenced, order.constant);
    if (!filter.evaluate(estimate.model)) throw Error(ErrorCode::not_converged, "the ARIMA model is not stationary");

    // What is missing takes its estimate from all values around it (Gomez, Maravall and Pena 1999).
    std::vector<double> values = differenced.whole;
    for (std::size_t j = 0; j < differenced.missing.size(); ++j) values[differenced.missing[j]] -= filter.effects()[j];

    // The first values only make the first differences: nothing predicts them, and their residual is 0 as in R.
    const std::size_t lost = values.size() - differenced.values.size();
    fit.fitted = values;
    for (std::size_t t = 0; t < differenced.values.size(); ++t) fit.fitted[lost + t] -= filter.innovations()[t];

    const std::vector<double> unit_roots = differencing(order.d, order.D, series.period);
    const double constant = order.constant ? filter.effects().back() * differenced.drift.front() : 0;
    fit.mean = undifferenced(values, continued(filter.next_state(), estimate.model, constant, horizon), unit_roots);
    fit.variance = error_variances(estimate.model, unit_roots, horizon);
    add_gap_variances(fit.variance, filter, differenced, estimate, unit_roots);
    for (double& value : fit.variance) value *= fit.sigma2;
    add_parameters(fit, estimate);
    check_fit(fit);
    add_parts(fit, values, series.period);
    return fit;
}

Fit describe_exact(const Series& series, int horizon, const ArimaOrder& order) {
    Fit fit;
    fit.model = name_of(order, series.period);
    fit.log_likelihood = fit.aicc = nan;  // infinite: no error is left
    fit.seasonal = order.D > 0;
    const Differenced changed = differenced(series.values, order.d, order.D, series.period);
    const double change = order.constant ? changed.values.front() : 0;
    fit.trended = order.d == 2 || (order.d == 1 && order.D == 1) || (order.d + order.D == 1 && change != 0);
    const std::vector<double> changes(static_cast<std::size_t>(horizon), change);
    fit.mean = undifferenced(series.values, changes, differencing(order.d, order.D, series.period));
    fit.fitted.assign(series.values.begin(), series.values.end());
    fit.variance.assign(static_cast<std::size_t>(horizon), 0.0);
    if (order.constant)
        fit.parameters.push_back({order.d + order.D == 0 ? "mean" : "drift", change / changed.drift.front()});
    fit.parameters.push_back({"sigma2", 0.0});
    check_fit(fit);
    add_parts(fit, series.values, series.period);
    return fit;
}

Fit arima(const Series& series, int horizon, const ArimaOrder& order, const InterruptCheck& check) {
    check_series(series, horizon);
    check_order(series, order);
    check();
    const Differenced changed = differenced(series.values, order.d, order.D, series.period);
    if (changed.gaps.empty() && timeseries::is_constant(changed.values) &&
        (order.constant || changed.values.front() == 0))
        return describe_exact(series, horizon, order);
    EstimateOptions options;
    options.thorough = true;
    const Estimate estimated = estimate(changed, order, options);
    if (!estimated.found)
        throw Error(ErrorCode::not_converged, "no likelihood for this ARIMA order", name_of(order, series.period));
    return describe(series, horizon, changed, estimated);
}

}  // namespace fin::forecast
