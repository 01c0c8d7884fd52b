#include "forecast/history.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "error.hpp"
#include "ledger/calendar.hpp"
#include "timeseries/clean.hpp"
#include "timeseries/interpolation.hpp"

namespace fin::forecast {

namespace {

// Beyond this sums of a period and squares of scaled values could leave the numbers there are.
constexpr double largest = 1e290;

Frequency ours(timeseries::Frequency frequency) { return static_cast<Frequency>(static_cast<int>(frequency)); }
timeseries::Frequency theirs(Frequency frequency) {
    return static_cast<timeseries::Frequency>(static_cast<int>(frequency));
}

std::string number(std::size_t value) { return std::to_string(value); }

void refuse(History& history, Status status, const std::string& en, const std::string& ru) {
    history.status = status;
    history.reason = {en, ru};
}

void note_mending(History& history, std::size_t not_finite) {
    const auto& grid = history.grid;
    const auto note = [&](const std::string& en, const std::string& ru) { history.notes.push_back({en, ru}); };
    if (not_finite > 0)
        note(number(not_finite) + " observations without a finite value were left out.",
             "Пропущены наблюдения без конечного значения: " + number(not_finite) + ".");
    if (grid.joined > 0)
        note(
            std::to_string(grid.joined) + " observations fell into a period that had one already and were added to it.",
            "Наблюдений, попавших в уже занятый период и прибавленных к нему: " + std::to_string(grid.joined) + ".");
    if (grid.closed > 0)
        note(std::to_string(grid.closed) + " days on weekdays that never have a value were taken as 0.",
             "Дни недели, в которые значений не бывает, приняты за 0: " + std::to_string(grid.closed) + ".");
    if (grid.missing > 0)
        note(std::to_string(grid.missing) + " missing periods were filled from their neighbours and the season.",
             "Пропущенные периоды заполнены по соседним и по сезону: " + std::to_string(grid.missing) + ".");
}

void note_odd(History& history, const std::vector<timeseries::Odd>& all) {
    for (const auto& odd : all) {
        const std::string day = ledger::date_text(static_cast<ledger::Day>(history.grid.days[odd.index]));
        switch (odd.kind) {
            case timeseries::Oddity::outlier:
                history.notes.push_back({"The outlier of " + day + " was not taken as typical.",
                                         "Выброс " + day + " не принят за типичное значение."});
                break;
            case timeseries::Oddity::lone_zero:
                history.notes.push_back({"The single zero of " + day + " was not taken as typical.",
                                         "Единственный ноль " + day + " не принят за типичное значение."});
                break;
            case timeseries::Oddity::level_shift:
                history.notes.push_back(
                    {"The level changes for good at " + day + ".", "С " + day + " уровень ряда изменился надолго."});
                break;
        }
    }
}

}  // namespace

History history_of(const std::vector<Observation>& observations, const Options& options) {
    History history;
    std::vector<std::int64_t> days;
    std::vector<double> values;
    std::size_t not_finite = 0;
    for (const auto& [day, value] : observations) {
        if (!std::isfinite(value) || std::abs(value) > largest) {
            ++not_finite;
            continue;
        }
        days.push_back(day), values.push_back(value);
    }
    const auto frequency =
        options.frequency ? std::optional(theirs(*options.frequency)) : timeseries::frequency_of(days);
    if (frequency) history.frequency = ours(*frequency);
    history.period = options.period.value_or(frequency ? timeseries::season_length(*frequency) : 1);
    const auto too_few = [&](std::size_t count) {
        refuse(history, Status::insufficient_data,
               "A forecast needs at least " + std::to_string(least_values) + " periods with a value; there are " +
                   number(count) + ".",
               "Для прогноза нужно не меньше " + std::to_string(least_values) + " периодов со значением; есть " +
                   number(count) + ".");
    };
    if (!frequency) {
        too_few(std::min<std::size_t>(1, days.size()));
        return history;
    }
    try {
        history.grid = timeseries::lay_on_grid(days, values, *frequency);
    } catch (const Error& error) {
        refuse(history, Status::undefined, std::string("The dates make no calendar: ") + error.what() + ".",
               "Даты не складываются в календарь: они слишком далеко друг от друга или от наших дней.");
        return history;
    }
    auto& grid = history.grid;
    if (options.last_incomplete && !grid.values.empty()) {
        history.notes.push_back(
            {"The last period is not over and was left out.", "Последний период не закончился и не учтён."});
        grid.days.pop_back(), grid.values.pop_back();
        while (!grid.values.empty() && std::isnan(grid.values.back())) {
            grid.days.pop_back(), grid.values.pop_back();
            --grid.missing;
        }
    }
    const std::size_t n = grid.values.size();
    const std::size_t known = n - static_cast<std::size_t>(std::count_if(grid.values.begin(), grid.values.end(),
                                                                         [](double v) { return std::isnan(v); }));
    if (known < static_cast<std::size_t>(least_values)) {
        too_few(known);
        return history;
    }
    note_mending(history, not_finite);
    history.observed = timeseries::fill_gaps(grid.values, history.period);
    const auto cleaned = timeseries::clean(history.observed, history.period);
    history.mended = cleaned.values;
    // What a known event explains is no outlier.
    auto odd = cleaned.odd;
    for (const auto& event : options.events)
        for (const int step : event.steps) {
            if (step < 0 || static_cast<std::size_t>(step) >= n) continue;
            history.mended[static_cast<std::size_t>(step)] = history.observed[static_cast<std::size_t>(step)];
            std::erase_if(odd, [&](const timeseries::Odd& one) { return one.index == static_cast<std::size_t>(step); });
        }
    note_odd(history, odd);
    const std::size_t full = 2 * static_cast<std::size_t>(std::max(history.period, 4));
    if (n < full) {
        history.status = Status::estimated;
        history.reason = {"Only " + number(n) + " periods of history, fewer than two seasons: no season is used.",
                          "История короче двух сезонов (периодов: " + number(n) + "): сезонность не учитывается."};
        if (history.period == 1)
            history.reason = {"Only " + number(n) + " periods of history.",
                              "Периодов в истории всего " + number(n) + "."};
    } else if (5 * (n - known) > n) {
        history.status = Status::estimated;
        history.reason = {number(n - known) + " of " + number(n) + " periods have no value.",
                          "Без значения периодов: " + number(n - known) + " из " + number(n) + "."};
    }
    return history;
}

}  // namespace fin::forecast
