// Exponential smoothing: one form, and the choice among all of them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "error.hpp"
#include "forecast/ets_future.hpp"
#include "forecast/ets_search.hpp"
#include "forecast/models.hpp"

namespace fin::forecast {

namespace {

constexpr int kLongestSeason = 24;  // as in R: more indices than that are no parameters of a short series

std::string name_of(const EtsForm& form) {
    std::string name = form.error == EtsError::additive ? "ETS(A," : "ETS(M,";
    name += form.trend == EtsTrend::none ? "N," : form.trend == EtsTrend::additive ? "A," : "Ad,";
    name += form.season == EtsSeason::none ? "N)" : form.season == EtsSeason::additive ? "A)" : "M)";
    return name;
}

bool needs_positive(const EtsForm& form) {
    return form.error == EtsError::multiplicative || form.season == EtsSeason::multiplicative;
}

// Values near 1 whatever the unit. A power of two, so that scaling costs no digit.
double unit_of(std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += std::abs(value) / static_cast<double>(values.size());
    if (!(sum > 0) || !std::isfinite(sum)) return 1;
    int exponent = 0;
    std::frexp(sum, &exponent);
    return std::ldexp(1.0, std::clamp(exponent, -1000, 1000));
}

void check_series(const Series& series, int horizon) {
    if (horizon < 1) throw Error(ErrorCode::invalid_argument, "the horizon must be at least 1");
    if (!std::ranges::all_of(series.values, [](double value) { return std::isfinite(value); }))
        throw Error(ErrorCode::invalid_argument, "exponential smoothing needs values without gaps");
    if (series.values.size() < 3)
        throw Error(ErrorCode::invalid_argument, "exponential smoothing needs at least 3 values",
                    std::to_string(series.values.size()) + " given");
}

// The likelihood of a form, without the forecast: all that the choice needs.
struct Candidate {
    EtsForm form;
    EtsOptimum optimum;
    int parameters = 0;  // without the variance
    double log_likelihood = 0, aicc = std::numeric_limits<double>::infinity();
};

Candidate candidate(std::span<const double> scaled, int period, const EtsForm& form, double unit) {
    Candidate one{form, maximise_likelihood(form, scaled, period), EtsLayout(form, period).free_parameters()};
    const auto n = static_cast<double>(scaled.size());
    one.log_likelihood = -0.5 * one.optimum.criterion - n * std::log(unit);
    const double k = one.parameters + 1;
    if (n - k - 1 > 0) one.aicc = -2 * one.log_likelihood + 2 * k + 2 * k * (k + 1) / (n - k - 1);
    return one;
}

Fit fit_of(const Candidate& chosen, std::span<const double> scaled, double unit, int horizon) {
    const EtsForm& form = chosen.form;
    const EtsSmoothing& p = chosen.optimum.smoothing;
    const std::size_t n = scaled.size();
    EtsState state = chosen.optimum.state;
    EtsTrace trace;
    const EtsSums sums = run(form, p, state, scaled, &trace);
    const double sigma2 = sums.squares / std::max(1.0, static_cast<double>(n) - static_cast<double>(chosen.parameters));
    const std::size_t phase = state.season.empty() ? 0 : n % state.season.size();
    const EtsFuture ahead = future(form, p, state, phase, sigma2, horizon);

    Fit fit;
    fit.model = name_of(form);
    for (std::size_t t = 0; t < n; ++t) {
        Parts parts;
        parts.level = trace.level[t] * unit;
        parts.trend = trace.trend[t] * unit;
        parts.season = trace.season[t] * unit;
        fit.fitted.push_back(trace.fitted[t] * unit);
        parts.remainder = scaled[t] * unit - parts.level - parts.trend - parts.season;
        fit.history.push_back(parts);
    }
    for (std::size_t i = 0; i < ahead.mean.size(); ++i) {
        fit.mean.push_back(ahead.mean[i] * unit);
        fit.variance.push_back(ahead.variance[i] * unit * unit);
        Parts parts = ahead.parts[i];
        parts.level *= unit, parts.trend *= unit, parts.season *= unit;
        fit.future.push_back(parts);
    }
    fit.seasonal = form.season != EtsSeason::none;
    fit.trended = form.trend != EtsTrend::none;
    fit.sigma2 = form.error == EtsError::additive ? sigma2 * unit * unit : sigma2;
    fit.log_likelihood = chosen.log_likelihood;
    fit.aicc = chosen.aicc;
    fit.parameters = {{"alpha", p.alpha}};
    if (fit.trended) fit.parameters.push_back({"beta", p.beta});
    if (fit.seasonal) fit.parameters.push_back({"gamma", p.gamma});
    if (form.trend == EtsTrend::damped) fit.parameters.push_back({"phi", p.phi});
    fit.parameters.push_back({"level0", chosen.optimum.state.level * unit});
    if (fit.trended) fit.parameters.push_back({"trend0", chosen.optimum.state.trend * unit});
    const double season_unit = form.season == EtsSeason::additive ? unit : 1;
    for (std::size_t j = 0; j < chosen.optimum.state.season.size(); ++j)
        fit.parameters.push_back({"season" + std::to_string(j + 1), chosen.optimum.state.season[j] * season_unit});
    fit.parameters.push_back({"sigma2", fit.sigma2});
    const auto finite = [](double value) { return std::isfinite(value); };
    if (!std::ranges::all_of(fit.mean, finite) || !std::ranges::all_of(fit.variance, finite))
        throw Error(ErrorCode::not_converged, fit.model + " grows beyond all numbers");
    return fit;
}

bool seasonal_possible(const Series& series) {
    return series.period > 1 && series.period <= kLongestSeason &&
           series.values.size() > static_cast<std::size_t>(series.period);
}

std::vector<double> scaled_by(std::span<const double> values, double unit) {
    std::vector<double> scaled(values.begin(), values.end());
    for (double& value : scaled) value /= unit;
    return scaled;
}

}  // namespace

Fit ets(const Series& series, int horizon, const EtsForm& form, const InterruptCheck& check) {
    check_series(series, horizon);
    const std::size_t n = series.values.size();
    if (form.error == EtsError::additive && form.season == EtsSeason::multiplicative)
        throw Error(ErrorCode::invalid_argument,
                    "an additive error with a multiplicative season has no finite variance");
    if (form.season != EtsSeason::none && !seasonal_possible(series))
        throw Error(ErrorCode::invalid_argument, name_of(form) + " needs more than one season of 2 to 24 steps");
    if (needs_positive(form) && !(*std::ranges::min_element(series.values) > 0))
        throw Error(ErrorCode::invalid_argument, name_of(form) + " is for positive values only");
    // As in R: two values more than unknowns, or the likelihood says nothing.
    if (static_cast<std::size_t>(EtsLayout(form, series.period).free_parameters()) + 1 >= n)
        throw Error(ErrorCode::invalid_argument, name_of(form) + " has too many parameters for the series",
                    std::to_string(n) + " values");
    check();
    const double unit = unit_of(series.values);
    const std::vector<double> scaled = scaled_by(series.values, unit);
    return fit_of(candidate(scaled, series.period, form, unit), scaled, unit, horizon);
}

Fit auto_ets(const Series& series, int horizon, const InterruptCheck& check) {
    check_series(series, horizon);
    const std::size_t n = series.values.size();
    const double unit = unit_of(series.values);
    const std::vector<double> scaled = scaled_by(series.values, unit);
    const auto [least, greatest] = std::ranges::minmax_element(scaled);
    const bool positive = *least > 0, constant = *least == *greatest;
    const bool seasonal = seasonal_possible(series) && !constant;
    // A straight line that goes on for ever is the costliest mistake on a short history: in one or two years a season
    // passes for a trend (R continues a pure sine of 24 months as 103 -> 126). A damped one keeps the direction.
    const bool long_enough = n >= static_cast<std::size_t>(std::max(3 * series.period, 10));

    std::optional<Candidate> best;
    for (const EtsTrend trend : {EtsTrend::none, EtsTrend::damped, EtsTrend::additive})
        for (const EtsSeason season : {EtsSeason::none, EtsSeason::additive, EtsSeason::multiplicative})
            for (const EtsError error : {EtsError::additive, EtsError::multiplicative}) {
                const EtsForm form{error, trend, season};
                if (error == EtsError::additive && season == EtsSeason::multiplicative) continue;
                if (season != EtsSeason::none && !seasonal) continue;
                if (trend == EtsTrend::additive && !long_enough) continue;
                if (constant && (trend != EtsTrend::none || error != EtsError::additive)) continue;
                if (needs_positive(form) && !positive) continue;
                const int parameters = EtsLayout(form, series.period).free_parameters();
                const bool simplest =
                    trend == EtsTrend::none && season == EtsSeason::none && error == EtsError::additive;
                // Beside the simplest form a candidate needs a finite AICc.
                if (!simplest && static_cast<std::size_t>(parameters) + 2 >= n) continue;
                check();
                try {
                    Candidate one = candidate(scaled, series.period, form, unit);
                    if (!best || one.aicc < best->aicc) best = std::move(one);
                } catch (const Error& error_of_form) {
                    if (error_of_form.code != ErrorCode::not_converged) throw;
                }
            }
    if (!best) throw Error(ErrorCode::not_converged, "no form of exponential smoothing follows the series");
    return fit_of(*best, scaled, unit, horizon);
}

}  // namespace fin::forecast
