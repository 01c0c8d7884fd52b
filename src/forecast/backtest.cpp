// Rolling-origin evaluation: what each model would have said at past moments, against what came.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "error.hpp"
#include "forecast/forecast.hpp"
#include "forecast/history.hpp"

namespace fin::forecast {

namespace {

constexpr int most_origins = 1000;

// Mean size of the seasonal difference (of the difference, where there is not a season) known at the origin.
double scale_of_errors(const std::vector<double>& known, int period) {
    std::size_t lag = static_cast<std::size_t>(period);
    if (known.size() <= lag) lag = 1;
    double sum = 0;
    for (std::size_t t = lag; t < known.size(); ++t) sum += std::abs(known[t] - known[t - lag]);
    return known.size() > lag ? sum / static_cast<double>(known.size() - lag) : 0;
}

struct Sums {
    double scaled = 0, percent = 0, cover80 = 0, cover95 = 0, width80 = 0, width95 = 0, size = 0;
    int scaled_points = 0;
};

void add(Sums& sums, Score& score, const Point& point, double value, double scale) {
    const double error = std::abs(value - point.predicted), size = std::abs(value) + std::abs(point.predicted);
    if (scale > 0) sums.scaled += error / scale, ++sums.scaled_points;
    sums.percent += size > 0 ? 200 * error / size : 0;
    sums.cover80 += value >= point.lo80 && value <= point.hi80;
    sums.cover95 += value >= point.lo95 && value <= point.hi95;
    sums.width80 += point.hi80 - point.lo80;
    sums.width95 += point.hi95 - point.lo95;
    sums.size += std::abs(value);
    ++score.points;
}

void finish(Score& score, const Sums& sums) {
    const double n = score.points;
    score.mase = sums.scaled_points > 0 ? sums.scaled / sums.scaled_points : 0;
    score.smape = sums.percent / n;
    score.coverage80 = sums.cover80 / n;
    score.coverage95 = sums.cover95 / n;
    score.width80 = sums.size > 0 ? sums.width80 / sums.size : 0;
    score.width95 = sums.size > 0 ? sums.width95 / sums.size : 0;
}

}  // namespace

std::vector<Score> backtest(const std::vector<Observation>& observations, int horizon, int origins,
                            const std::vector<std::string>& models, const Options& options,
                            const InterruptCheck& check) {
    if (origins < 1 || origins > most_origins)
        throw Error(ErrorCode::invalid_argument, "a backtest has from 1 to 1000 origins",
                    "The number of origins is " + std::to_string(origins) + ".");
    if (horizon < 1 || horizon > most_origins)
        throw Error(ErrorCode::invalid_argument, "the horizon of a forecast is from 1 to 1000 periods",
                    "The horizon is " + std::to_string(horizon) + ".");
    const auto& names = models.empty() ? model_names() : models;
    for (const auto& name : names)
        if (std::find(model_names().begin(), model_names().end(), name) == model_names().end())
            throw Error(ErrorCode::invalid_argument, "there is no forecasting model \"" + name + "\"");

    const History whole = history_of(observations, options);
    const int n = static_cast<int>(whole.observed.size());
    const int room = n - horizon - least_values + 1;  // origins there are
    std::vector<Score> scores;
    for (const auto& name : names) {
        Score score;
        score.model = name;
        if (!whole.usable() || room < 1) {
            score.status = Status::insufficient_data;
            score.reason = {"A backtest needs at least " + std::to_string(horizon + least_values) +
                                " periods: the horizon and " + std::to_string(least_values) + " before it.",
                            "Для проверки на истории нужно не меньше " + std::to_string(horizon + least_values) +
                                " периодов: горизонт и ещё " + std::to_string(least_values) + " до него."};
            scores.push_back(score);
            continue;
        }
        Options then = options;
        then.model = name;
        then.frequency = whole.frequency;
        then.period = whole.period;
        then.last_incomplete = false;
        Sums sums;
        for (int back = std::min(origins, room) - 1; back >= 0; --back) {
            check();
            const auto origin = static_cast<std::size_t>(n - horizon - back);
            std::vector<Observation> known;
            std::vector<double> values;
            for (std::size_t t = 0; t < origin; ++t) {
                known.push_back({whole.grid.days[t], whole.grid.values[t]});
                values.push_back(whole.observed[t]);
            }
            // What ends with a gap would end earlier: its last period is known as it was filled.
            known.back().value = values.back();
            const auto made = forecast(known, horizon, then, check);
            if (made.points.empty()) {
                score.status = made.status;
                score.reason = made.reason;
                continue;
            }
            ++score.origins;
            const double scale = scale_of_errors(values, whole.period);
            for (std::size_t h = 0; h < made.points.size(); ++h)
                if (const double value = whole.grid.values[origin + h]; !std::isnan(value))
                    add(sums, score, made.points[h], value, scale);
        }
        if (score.points > 0) {
            if (score.status != Status::ok) score.status = Status::estimated;
            if (score.origins < origins && score.status == Status::ok) {
                score.status = Status::estimated;
                score.reason = {"The history has room for " + std::to_string(score.origins) + " origins.",
                                "В истории поместилось моментов прогноза: " + std::to_string(score.origins) + "."};
            }
            finish(score, sums);
        } else if (score.status == Status::ok) {
            score.status = Status::insufficient_data;
            score.reason = {"No period after an origin has a value.", "После моментов прогноза нет значений."};
        }
        scores.push_back(score);
    }
    return scores;
}

}  // namespace fin::forecast
