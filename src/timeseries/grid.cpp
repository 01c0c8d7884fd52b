#include "timeseries/grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "error.hpp"

namespace fin::timeseries {

namespace {

constexpr std::int64_t most_periods = 100'000;

struct Dated {
    std::int64_t day;
    double value;
};

std::vector<Dated> usable(std::span<const std::int64_t> days, std::span<const double> values, int& not_finite) {
    std::vector<Dated> result;
    result.reserve(days.size());
    for (std::size_t i = 0; i < days.size() && i < values.size(); ++i) {
        if (std::isfinite(values[i]))
            result.push_back({days[i], values[i]});
        else
            ++not_finite;
    }
    // Values of one day by size: the same observations in another order give the same bits.
    std::sort(result.begin(), result.end(), [](const Dated& one, const Dated& other) {
        return one.day != other.day ? one.day < other.day : one.value < other.value;
    });
    return result;
}

// Days of the week on which nothing is ever seen (weekends of a business) are no gaps: nothing flows on them.
void close_weekdays(Grid& grid) {
    constexpr std::size_t weeks = 3;
    if (grid.values.size() < 7 * weeks) return;
    const auto weekday = [](std::int64_t day) { return static_cast<std::size_t>(((day + 3) % 7 + 7) % 7); };
    std::array<bool, 7> open{};
    for (std::size_t i = 0; i < grid.values.size(); ++i)
        if (!std::isnan(grid.values[i])) open[weekday(grid.days[i])] = true;
    for (std::size_t i = 0; i < grid.values.size(); ++i)
        if (!open[weekday(grid.days[i])]) grid.values[i] = 0, ++grid.closed;
}

}  // namespace

std::int64_t Grid::day_after(int step) const {
    if (days.empty()) throw Error(ErrorCode::invalid_argument, "a grid without values has no next period");
    return first_day_of(period_of(days.back(), frequency, first_weekday) + step, frequency, first_weekday);
}

Grid lay_on_grid(std::span<const std::int64_t> days, std::span<const double> values, Frequency frequency, Join join) {
    Grid grid;
    grid.frequency = frequency;
    const auto dated = usable(days, values, grid.not_finite);
    if (dated.empty()) return grid;
    if (frequency == Frequency::weekly) grid.first_weekday = usual_weekday(days);

    const auto period = [&](std::int64_t day) { return period_of(day, frequency, grid.first_weekday); };
    const std::int64_t first = period(dated.front().day), count = period(dated.back().day) - first + 1;
    if (count > most_periods)
        throw Error(ErrorCode::limit_exceeded, "the dates of the series lie too far apart",
                    "They span " + std::to_string(count) + " periods, " + std::to_string(most_periods) +
                        " can be laid on a grid.",
                    "Look for a mistyped year, or give a longer frequency.");
    grid.values.assign(static_cast<std::size_t>(count), std::numeric_limits<double>::quiet_NaN());
    std::vector<int> seen(grid.values.size());
    for (std::size_t i = 0; i < dated.size(); ++i) {
        const auto at = static_cast<std::size_t>(period(dated[i].day) - first);
        double& value = grid.values[at];
        if (seen[at]++ == 0) {
            value = dated[i].value;
            continue;
        }
        ++grid.joined;
        if (dated[i].day == dated[i - 1].day) ++grid.same_day;
        value = join == Join::last ? dated[i].value : value + dated[i].value;
    }
    for (std::size_t i = 0; i < grid.values.size(); ++i) {
        grid.days.push_back(first_day_of(first + static_cast<std::int64_t>(i), frequency, grid.first_weekday));
        if (join == Join::mean && seen[i] > 1) grid.values[i] /= seen[i];
    }
    if (frequency == Frequency::daily && join == Join::sum) close_weekdays(grid);
    for (const double value : grid.values) grid.missing += std::isnan(value) ? 1 : 0;
    return grid;
}

}  // namespace fin::timeseries
