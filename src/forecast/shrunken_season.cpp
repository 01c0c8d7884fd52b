#include "forecast/shrunken_season.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "error.hpp"
#include "forecast/simple_parts.hpp"

namespace fin::forecast {

namespace {

// Discount of a season of the past, from cross-validation over many series (docs/forecasting.md).
constexpr double season_discount = 0.75;

double mean_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Centred moving average over a season. The half seasons at the ends, which have none, go on from its first and last
// value with half the slope of the last two seasons: a trend that may be noise is believed by half.
std::vector<double> centred_average(std::span<const double> values, std::size_t m) {
    const std::size_t n = values.size(), half = m / 2;
    std::vector<double> average(n);
    for (std::size_t t = half; t + half < n; ++t) {
        double sum = 0;
        for (std::size_t i = t - half; i <= t + half; ++i) {
            const bool edge = m % 2 == 0 && (i == t - half || i == t + half);
            sum += values[i] * (edge ? 0.5 : 1);
        }
        average[t] = sum / static_cast<double>(m);
    }
    const double slope =
        (mean_of(values.subspan(n - m)) - mean_of(values.subspan(n - 2 * m, m))) / static_cast<double>(m) / 2;
    for (std::size_t t = 0; t < half; ++t) {
        const auto far = static_cast<double>(half - t);
        average[t] = average[half] - slope * far;
        average[n - 1 - t] = average[n - 1 - half] + slope * far;
    }
    return average;
}

// Theta of means over blocks. History is that of theta on the steps themselves: blocks have no errors of one step.
Fit blocks_of(const Series& series, int horizon, std::size_t length) {
    const auto values = series.values;
    const std::size_t n = values.size();
    if (n < 4 * length) throw Error(ErrorCode::invalid_argument, "too few values for blocks");
    std::vector<double> means;
    for (std::size_t t = n % length; t < n; t += length) means.push_back(mean_of(values.subspan(t, length)));
    const auto size = static_cast<double>(length);
    const Fit coarse =
        theta({means, 1}, static_cast<int>((static_cast<std::size_t>(horizon) + length - 1) / length) + 1);
    Fit fit = theta(series, horizon);
    fit.model = "Theta of blocks";
    for (std::size_t h = 0; h < fit.mean.size(); ++h) {
        // Middle of the step on the scale of blocks, whose first middle is at 0; the first line goes on to its left.
        const double at = (static_cast<double>(h) + 0.5) / size - 0.5;
        const auto from = static_cast<std::size_t>(std::max(0.0, std::floor(at)));
        const double slope = coarse.mean[from + 1] - coarse.mean[from];
        fit.mean[h] = coarse.mean[from] + (at - static_cast<double>(from)) * slope;
        fit.future[h] = {.level = coarse.mean[0], .trend = fit.mean[h] - coarse.mean[0]};
    }
    return fit;
}

Fit core_fit(const Series& plain, int horizon, Core core, int period, const InterruptCheck& check) {
    switch (core) {
        case Core::theta: return theta(plain, horizon);
        case Core::dynamic_theta: return dynamic_theta(plain, horizon);
        case Core::damped:
            return ets(plain, horizon, {EtsError::additive, EtsTrend::damped, EtsSeason::none}, check,
                       EtsEffort::quick);
        case Core::arima: {
            ArimaLimits limits;
            limits.max_d = 1;  // never a forecast that bends away
            return auto_arima(plain, horizon, limits, check);
        }
        case Core::blocks: return blocks_of(plain, horizon, static_cast<std::size_t>(std::max(2, period / 4)));
    }
    throw Error(ErrorCode::invalid_argument, "no such core");
}

}  // namespace

std::optional<ShrunkenSeason> shrunken_season(std::span<const double> given, int period, double discount) {
    const auto m = static_cast<std::size_t>(period);
    const std::size_t n = given.size();
    if (period < 2 || n < 2 * m) return std::nullopt;
    ShrunkenSeason season;
    const bool above = std::all_of(given.begin(), given.end(), [](double value) { return value > 0; });
    const bool below = std::all_of(given.begin(), given.end(), [](double value) { return value < 0; });
    season.multiplicative = above || below;
    std::vector<double> values(given.begin(), given.end());
    if (season.multiplicative)
        for (double& value : values) value = std::log(std::abs(value));

    const auto average = centred_average(values, m);
    std::vector<double> deviation(n), index(m), weight(m), weight2(m);
    for (std::size_t t = 0; t < n; ++t) {
        const std::size_t seasons_ago = (n - 1 - t) / m;
        const double w = std::pow(discount, static_cast<double>(seasons_ago));
        deviation[t] = values[t] - average[t];
        index[t % m] += w * deviation[t], weight[t % m] += w, weight2[t % m] += w * w;
    }
    for (std::size_t i = 0; i < m; ++i) index[i] /= weight[i];
    const double middle = mean_of(index);
    for (double& one : index) one -= middle;

    double noise = 0, scatter = 0, count = 0;
    for (std::size_t t = 0; t < n; ++t) noise += std::pow(deviation[t] - index[t % m], 2);
    noise /= std::max(1.0, static_cast<double>(n - m));
    for (std::size_t i = 0; i < m; ++i) {
        const double effective = weight[i] * weight[i] / weight2[i];
        scatter += index[i] * index[i] * effective;
        count += effective;
    }
    scatter /= static_cast<double>(m - 1);
    season.trust = scatter > 0 ? std::max(0.0, 1 - noise / scatter) : 0;
    season.variance = season.trust * noise * static_cast<double>(m) / count;
    season.index.resize(m);
    for (std::size_t i = 0; i < m; ++i) {
        const double shrunk = season.trust * index[i];
        season.index[i] = season.multiplicative ? std::exp(shrunk) : shrunk;
    }
    return season;
}

Fit shrunken(const Series& series, int horizon, Core core, const InterruptCheck& check) {
    const auto values = series.values;
    const std::size_t n = values.size(), m = static_cast<std::size_t>(std::max(1, series.period));
    require(series, horizon, 4, "with a shrunken season");
    const auto season = shrunken_season(values, series.period, season_discount);
    const bool seasonal = season && season->trust > 0;
    std::vector<double> adjusted(values.begin(), values.end());
    if (seasonal)
        for (std::size_t t = 0; t < n; ++t)
            adjusted[t] = season->multiplicative ? values[t] / season->index[t % m] : values[t] - season->index[t % m];
    const Series plain{adjusted, 1};
    Fit inner = core_fit(plain, horizon, core, series.period, check);
    if (!seasonal) return inner;

    Fit fit = blank_fit(series, horizon, inner.model + " with shrunken season");
    fit.history = inner.history;
    fit.future = inner.future;
    const auto put_back = [&](Parts& parts, double adjusted_value, std::size_t t) {
        const double index = season->index[t % m];
        parts.season = season->multiplicative ? adjusted_value * (index - 1) : index;
    };
    for (std::size_t t = 0; t < n; ++t) put_back(fit.history[t], inner.fitted[t], t);
    for (std::size_t h = 0; h < fit.future.size(); ++h) {
        put_back(fit.future[h], inner.mean[h], n + h);
        const double index = season->index[(n + h) % m];
        const double factor = season->multiplicative ? index : 1, level = season->multiplicative ? inner.mean[h] : 1;
        fit.variance[h] = factor * factor * (inner.variance[h] + level * level * season->variance);
    }
    sum_parts(fit, values, 0, 3);
    fit.parameters = inner.parameters;
    fit.parameters.push_back({"season_trust", season->trust});
    fit.seasonal = true;
    fit.trended = inner.trended;
    return fit;
}

}  // namespace fin::forecast
