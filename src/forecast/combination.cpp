#include "forecast/combination.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "error.hpp"
#include "forecast/shrunken_season.hpp"

namespace fin::forecast {

namespace {

// Below three seasons automatic models find no season and believe trends that are none; from five on they have what
// they need. Between them their weight grows. Bounds found by cross-validation (docs/forecasting.md).
constexpr double seasons_of_distrust = 3, seasons_of_trust = 5;
// Seasons longer than this are not modelled by states or lags of their own.
constexpr int longest_modelled = 24;
// What is older says little of the future and costs time.
constexpr std::size_t longest_history = 600;

bool believable(const Fit& fit, const Series& series) {
    const auto [low, high] = std::minmax_element(series.values.begin(), series.values.end());
    const double range = *high - *low;
    const double ahead = static_cast<double>(fit.mean.size()) / static_cast<double>(series.values.size());
    const double reach = range * (2 + 2 * ahead);
    const bool positive = *low >= 0;
    for (std::size_t h = 0; h < fit.mean.size(); ++h) {
        if (!std::isfinite(fit.mean[h]) || !std::isfinite(fit.variance[h]) || fit.variance[h] < 0) return false;
        if (fit.mean[h] > *high + reach || fit.mean[h] < *low - reach) return false;
        if (positive && fit.mean[h] < *low - range) return false;
    }
    return std::all_of(fit.fitted.begin(), fit.fitted.end(), [](double value) { return std::isfinite(value); });
}

// Histories of a fit on the last values only, aligned with the whole series again.
void lengthen(Fit& fit, std::span<const double> values) {
    const std::size_t missing = values.size() - fit.fitted.size();
    std::vector<Parts> before;
    for (std::size_t t = 0; t < missing; ++t) before.push_back({.level = values[t]});
    fit.fitted.insert(fit.fitted.begin(), values.begin(), values.begin() + static_cast<std::ptrdiff_t>(missing));
    fit.history.insert(fit.history.begin(), before.begin(), before.end());
}

void add(Parts& sum, const Parts& part, double weight) {
    sum.level += weight * part.level;
    sum.trend += weight * part.trend;
    sum.season += weight * part.season;
    sum.event += weight * part.event;
    sum.remainder += weight * part.remainder;
}

}  // namespace

std::vector<Member> members_for(const Series& series, int horizon, const InterruptCheck& check) {
    const std::size_t n = series.values.size();
    const std::size_t used = std::min(n, std::max(longest_history, static_cast<std::size_t>(3 * series.period)));
    const Series recent{series.values.subspan(n - used), series.period};
    const double seasons = series.period > 1 ? static_cast<double>(n) / series.period : static_cast<double>(n) / 4;
    const double trust =
        std::clamp((seasons - seasons_of_distrust) / (seasons_of_trust - seasons_of_distrust), 0.0, 1.0);
    const bool modelled = series.period <= longest_modelled;
    const bool early = seasons < seasons_of_distrust + 0.01;

    std::vector<Member> members;
    const auto attempt = [&](double weight, const std::function<Fit()>& fitted) {
        if (!(weight > 0)) return;
        try {
            Fit fit = fitted();
            if (early && fit.trended && fit.model.rfind("ARIMA", 0) == 0) return;  // an undamped trend
            if (!believable(fit, recent)) return;
            lengthen(fit, series.values);
            members.push_back({std::move(fit), weight});
        } catch (const Error& error) {
            if (error.code != ErrorCode::not_converged && error.code != ErrorCode::invalid_argument &&
                error.code != ErrorCode::out_of_domain)
                throw;
        }
    };
    for (const Core core : {Core::theta, Core::dynamic_theta, Core::damped, Core::blocks, Core::arima})
        attempt(1, [&] { return shrunken(recent, horizon, core, check); });
    if (modelled && series.period > 1) {
        attempt(trust, [&] { return auto_arima(recent, horizon, {}, check); });
        attempt(trust, [&] { return auto_ets(recent, horizon, check); });
        // Weak seasons of few positions: theta with its test of the season is one more view.
        if (series.period <= 4) attempt(trust, [&] { return theta(recent, horizon); });
        // One season and a part of a second: what was a year ago is all that is known of the season.
        if (n < static_cast<std::size_t>(2 * series.period))
            attempt(3 * std::max(0.0, seasons - 1), [&] { return seasonal_naive(recent, horizon); });
    }
    if (members.empty()) members.push_back({mean_level(series, horizon), 1});
    double sum = 0;
    for (const auto& member : members) sum += member.weight;
    for (auto& member : members) member.weight /= sum;
    return members;
}

Fit combine(const std::vector<Member>& members) {
    if (members.size() == 1) return members.front().fit;
    const Fit& first = members.front().fit;
    const std::size_t n = first.fitted.size(), steps = first.mean.size();
    Fit sum;
    sum.fitted.assign(n, 0);
    sum.mean.assign(steps, 0);
    sum.variance.assign(steps, 0);
    sum.history.resize(n);
    sum.future.resize(steps);
    sum.log_likelihood = sum.aicc = std::numeric_limits<double>::quiet_NaN();
    for (const auto& [fit, weight] : members) {
        sum.model += (sum.model.empty() ? "" : " + ") + fit.model;
        for (std::size_t t = 0; t < n; ++t) {
            sum.fitted[t] += weight * fit.fitted[t];
            add(sum.history[t], fit.history[t], weight);
        }
        for (std::size_t h = 0; h < steps; ++h) {
            sum.mean[h] += weight * fit.mean[h];
            sum.variance[h] += weight * std::sqrt(fit.variance[h]);
            add(sum.future[h], fit.future[h], weight);
        }
        sum.sigma2 += weight * std::sqrt(std::max(0.0, fit.sigma2));
        sum.seasonal |= fit.seasonal;
        sum.trended |= fit.trended;
        sum.parameters.push_back({"weight of " + fit.model, weight});
    }
    for (double& one : sum.variance) one *= one;
    sum.sigma2 *= sum.sigma2;
    return sum;
}

Words choice_of(const std::vector<Member>& members, const Series& series) {
    const std::string n = std::to_string(series.values.size());
    bool seasonal = false, trended = false;
    for (const auto& [fit, weight] : members) seasonal |= fit.seasonal, trended |= fit.trended;
    Words words;
    words.en = "Weighted mean of " + std::to_string(members.size()) + " models of " + n + " values:";
    words.ru = "Взвешенное среднее моделей (" + std::to_string(members.size()) + ") по " + n + " значениям:";
    for (const auto& [fit, weight] : members) {
        const std::string part = " " + fit.model + " (" + std::to_string(std::lround(100 * weight)) + " %)";
        words.en += part + (&fit == &members.back().fit ? "." : ",");
        words.ru += part + (&fit == &members.back().fit ? "." : ",");
    }
    if (series.period > 1 && static_cast<double>(series.values.size()) < seasons_of_distrust * series.period + 0.5) {
        words.en += " The history is short: no trend without damping and a season only as far as it repeats itself.";
        words.ru += " История короткая: тренд только затухающий, сезонность лишь в той мере, в какой она повторяется.";
    }
    if (series.period > 1 && !seasonal) {
        words.en += " No season was found that repeats itself.";
        words.ru += " Повторяющейся сезонности не найдено.";
    }
    return words;
}

}  // namespace fin::forecast
