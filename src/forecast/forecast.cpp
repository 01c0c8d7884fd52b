#include "forecast/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "error.hpp"
#include "forecast/combination.hpp"
#include "forecast/history.hpp"
#include "forecast/intervals.hpp"
#include "forecast/single.hpp"
#include "timeseries/robust.hpp"
#include "timeseries/scale.hpp"

namespace fin::forecast {

namespace {

constexpr int longest_horizon = 1000;
// Width is never below this share of the level: equal values in the past are no promise.
constexpr double least_deviation = 0.002;
// From this share of zeros on demand is intermittent (Syntetos and Boylan 2005 by the mean interval of 1.32).
constexpr double share_of_zeros = 0.25;

void check_arguments(int horizon, const Options& options) {
    if (horizon < 1 || horizon > longest_horizon)
        throw Error(ErrorCode::invalid_argument, "the horizon of a forecast is from 1 to 1000 periods",
                    "The horizon is " + std::to_string(horizon) + ".");
    const auto& names = model_names();
    if (std::find(names.begin(), names.end(), options.model) == names.end()) {
        std::string all;
        for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
        throw Error(ErrorCode::invalid_argument, "there is no forecasting model \"" + options.model + "\"", {},
                    "The models are " + all + ".");
    }
    if (options.period && (*options.period < 1 || *options.period > 366))
        throw Error(ErrorCode::invalid_argument, "the period of a season is from 1 to 366",
                    "The period is " + std::to_string(*options.period) + ".");
}

struct Chosen {
    Fit fit;
    Words choice;
};

bool mostly_zeros(std::span<const double> values) {
    const auto zeros = std::count(values.begin(), values.end(), 0.0);
    const bool positive = std::all_of(values.begin(), values.end(), [](double value) { return value >= 0; });
    return positive && zeros > 0 && static_cast<double>(zeros) >= share_of_zeros * static_cast<double>(values.size());
}

// The effect of events is taken out by the one model that knows them, and given back to the forecast of the others.
Fit with_events(const Series& series, int horizon, const Options& options, const InterruptCheck& check,
                std::vector<Member>& members) {
    Fit known = single_model("prophet", series, horizon, options.events, check);
    std::vector<double> without(series.values.begin(), series.values.end());
    for (std::size_t t = 0; t < without.size(); ++t) without[t] -= known.history[t].event;
    members = members_for({without, series.period}, horizon, check);
    Fit fit = combine(members);
    for (std::size_t t = 0; t < without.size(); ++t) {
        fit.fitted[t] += known.history[t].event;
        fit.history[t].event += known.history[t].event;
    }
    for (std::size_t h = 0; h < fit.mean.size(); ++h) {
        fit.mean[h] += known.future[h].event;
        fit.future[h].event += known.future[h].event;
    }
    fit.model += " + events";
    return fit;
}

Chosen automatic(const Series& series, int horizon, const Options& options, const InterruptCheck& check) {
    Chosen chosen;
    if (mostly_zeros(series.values)) {
        chosen.fit = intermittent(series, horizon, Intermittent::tsb);
        chosen.choice = {
            "Many values are zero: a model of intermittent demand, whose forecast is the mean demand of a "
            "period and flat.",
            "Много нулей: модель прерывистого спроса; её прогноз — средний спрос за период, он ровный."};
        return chosen;
    }
    std::vector<Member> members;
    if (options.events.empty()) {
        members = members_for(series, horizon, check);
        chosen.fit = combine(members);
    } else {
        chosen.fit = with_events(series, horizon, options, check, members);
    }
    chosen.choice = choice_of(members, series);
    return chosen;
}

Chosen choose(const Series& series, int horizon, const Options& options, const InterruptCheck& check) {
    const auto [low, high] = std::minmax_element(series.values.begin(), series.values.end());
    if (*low == *high) {
        Chosen chosen{mean_level(series, horizon),
                      {"All values are equal: so is the forecast.", "Все значения равны, прогноз такой же."}};
        chosen.fit.model = "constant";
        return chosen;
    }
    if (options.model == "auto") return automatic(series, horizon, options, check);
    Chosen chosen;
    chosen.fit = single_model(options.model, series, horizon, options.events, check);
    chosen.choice = {"The model that was asked for: " + chosen.fit.model + ".",
                     "Запрошенная модель: " + chosen.fit.model + "."};
    return chosen;
}

void say_if_flat(Chosen& chosen) {
    const auto [low, high] = std::minmax_element(chosen.fit.mean.begin(), chosen.fit.mean.end());
    if (chosen.fit.mean.size() < 2 || *high - *low > 1e-3 * std::max(std::abs(*low), std::abs(*high))) return;
    chosen.choice.en +=
        " The forecast is flat because the history shows neither a trend nor a season that stands out "
        "from chance: the best guess for every period is the present level.";
    chosen.choice.ru +=
        " Прогноз ровный: в истории нет ни тренда, ни сезонности, отличимых от случайности, и лучшая "
        "оценка любого периода — нынешний уровень.";
}

Parts times(const Parts& parts, const timeseries::Scale& scale, double sign) {
    const auto one = [&](double value) { return sign * scale.up(value); };
    return {one(parts.level), one(parts.trend), one(parts.season), one(parts.event), one(parts.remainder)};
}

// A forecast below zero of values that never are is zero; what was cut off is a remainder of no part, so the trend
// takes it.
void keep_positive(Fit& fit) {
    for (std::size_t h = 0; h < fit.mean.size(); ++h)
        if (fit.mean[h] < 0) fit.future[h].trend -= fit.mean[h], fit.mean[h] = 0;
}

// In units of the scaled series; `positive`: nothing below zero.
struct Outlook {
    HalfWidths widths;
    Scenarios scenarios;
    std::vector<std::vector<double>> errors;
};

Outlook look_ahead(const Fit& fit, const Series& mended, std::span<const double> observed,
                   const InterruptCheck& check) {
    std::vector<double> sizes;
    for (const double value : mended.values) sizes.push_back(std::abs(value));
    double level = timeseries::median(sizes).value_or(0);
    if (!(level > 0)) level = timeseries::mean(sizes).value_or(0);
    Outlook outlook;
    outlook.widths = half_widths(fit, mended, level > 0 ? least_deviation * level : 0.01);
    std::vector<double> residuals;
    // The first predictions of a model know little.
    for (std::size_t t = observed.size() / 4; t < observed.size(); ++t)
        residuals.push_back(observed[t] - fit.fitted[t]);
    outlook.errors = error_paths(residuals, fit.variance, outlook.widths, check);
    outlook.scenarios = scenarios(outlook.errors, outlook.widths);
    return outlook;
}

}  // namespace

Forecast forecast(const std::vector<Observation>& observations, int horizon, const Options& options,
                  const InterruptCheck& check) {
    check_arguments(horizon, options);
    History history = history_of(observations, options);
    Forecast result;
    result.status = history.status;
    result.reason = std::move(history.reason);
    result.notes = std::move(history.notes);
    result.frequency = history.frequency;
    result.period = history.period;
    result.model = options.model;
    if (!history.usable()) return result;

    // What is never positive is forecast as its mirror image: models for positive values serve it as well.
    const auto [low, high] = std::minmax_element(history.mended.begin(), history.mended.end());
    const double sign = *high <= 0 && *low < 0 ? -1 : 1;
    const auto scale = timeseries::scale_of(history.mended);
    const auto down = [&](std::vector<double> values) {
        for (double& value : values) value = sign * scale.down(value);
        return values;
    };
    const auto mended = down(history.mended), observed = down(history.observed);
    const bool one_sign = std::all_of(observed.begin(), observed.end(), [](double value) { return value >= 0; });
    // `nonnegative` is about the values as given: of a mirrored series it says nothing.
    const bool positive = sign > 0 ? options.nonnegative.value_or(one_sign) : one_sign;
    const Series series{mended, history.period};

    Chosen chosen;
    try {
        Options counted = options;
        counted.events = history.events;
        chosen = choose(series, horizon, counted, check);
    } catch (const Error& error) {
        result.status = Status::insufficient_data;
        result.reason = {"The model " + options.model + " cannot be fitted to this history: " + error.what() + ".",
                         "Модель " + options.model + " не подходит к этой истории: " + error.what() + "."};
        return result;
    }
    Fit& fit = chosen.fit;
    if (positive) keep_positive(fit);
    say_if_flat(chosen);
    Outlook outlook = look_ahead(fit, series, observed, check);

    result.used = static_cast<int>(mended.size());
    result.seasonal = fit.seasonal;
    result.model = options.model == "auto" ? "auto(" + fit.model + ")" : fit.model;
    result.choice = std::move(chosen.choice);
    result.days = history.grid.days;
    result.values = history.mended;
    for (const double value : fit.fitted) result.fitted.push_back(sign * scale.up(value));
    for (const auto& parts : fit.history) result.history.push_back(times(parts, scale, sign));
    for (const auto& parts : fit.future) result.future.push_back(times(parts, scale, sign));
    result.parameters = fit.parameters;

    for (std::size_t h = 0; h < fit.mean.size(); ++h) {
        const double mean = fit.mean[h], least = positive ? 0 : -std::numeric_limits<double>::infinity();
        const auto at = [&](double error) { return sign * scale.up(std::max(least, mean + error)); };
        Point point;
        point.day = history.grid.day_after(static_cast<int>(h) + 1);
        point.predicted = at(0);
        point.lo80 = at(-sign * outlook.widths.at80[h]), point.hi80 = at(sign * outlook.widths.at80[h]);
        point.lo95 = at(-sign * outlook.widths.at95[h]), point.hi95 = at(sign * outlook.widths.at95[h]);
        const auto& scene = outlook.scenarios;
        point.optimistic = at(sign > 0 ? scene.optimistic[h] : scene.pessimistic[h]);
        point.pessimistic = at(sign > 0 ? scene.pessimistic[h] : scene.optimistic[h]);
        for (auto& path : outlook.errors) path[h] = at(path[h]) - point.predicted;
        result.points.push_back(point);
    }
    result.errors = std::move(outlook.errors);
    return result;
}

}  // namespace fin::forecast
