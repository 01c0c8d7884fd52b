#include "timeseries/clean.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "timeseries/interpolation.hpp"
#include "timeseries/robust.hpp"
#include "timeseries/stl.hpp"

namespace fin::timeseries {

namespace {

constexpr double worthwhile_season = 0.3;
constexpr std::size_t least_values = 8;

double median_of(std::span<const double> values) {
    return median(std::vector<double>(values.begin(), values.end())).value_or(0);
}

double median_size(std::span<const double> values) {
    std::vector<double> sizes;
    for (const double value : values) sizes.push_back(std::abs(value));
    return median(std::move(sizes)).value_or(0);
}

double quartile_distance(const std::vector<double>& values) {
    return quantile(values, 0.75).value_or(0) - quantile(values, 0.25).value_or(0);
}

// Distance from the median of three neighbours on each side. `shared` is the distance both sides agree on, 0 where
// one side finds the value high and the other low: the first value on a new level is no outlier.
struct Distance {
    double mean = 0, shared = 0;
};

Distance distance_at(std::span<const double> values, std::size_t i) {
    constexpr std::size_t reach = 3;
    const std::size_t from = i > reach ? i - reach : 0, to = std::min(values.size() - 1, i + reach);
    const double left =
        values[i] - (i > 0 ? median_of(values.subspan(from, i - from)) : median_of(values.subspan(1, to)));
    const double right =
        values[i] - (to > i ? median_of(values.subspan(i + 1, to - i)) : median_of(values.subspan(from, i - from)));
    const bool agree = left * right > 0;
    return {(left + right) / 2, !agree ? 0 : std::abs(left) < std::abs(right) ? left : right};
}

// By how much each value is beyond the limits (0: inside), with its sign.
std::vector<double> excess(std::span<const double> values, std::span<const double> effects, int period) {
    std::vector<double> adjusted(values.begin(), values.end());
    for (std::size_t i = 0; i < effects.size(); ++i) adjusted[i] -= effects[i];
    std::vector<double> distances, shared;
    for (std::size_t i = 0; i < adjusted.size(); ++i) {
        const auto distance = distance_at(adjusted, i);
        distances.push_back(distance.mean);
        shared.push_back(distance.shared);
    }
    double scatter = quartile_distance(distances);
    if (!effects.empty()) {
        // A season fitted to few years takes noise with it; the changes from year to year still have all of it, twice.
        std::vector<double> changes;
        const auto m = static_cast<std::size_t>(period);
        for (std::size_t i = m; i < values.size(); ++i) changes.push_back(values[i] - values[i - m]);
        scatter = std::max(scatter, quartile_distance(changes) / std::sqrt(2.0));
    }
    const double middle = median_of(distances);
    // In a series that hardly moves a distance of the size of rounding errors is no outlier.
    const double width = std::max(3.5 * scatter, 1e-6 * median_size(values));
    for (double& one : shared) one = std::abs(one - middle) > width ? one - middle : 0;
    return shared;
}

bool same_season_has_it(std::span<const double> beyond, std::span<const double> values, std::size_t i, int period) {
    if (period < 2) return false;
    const auto m = static_cast<std::size_t>(period);
    const double middle = median_of(values), distance = values[i] - middle;
    const auto alike = [&](std::size_t k) {
        return beyond[k] * beyond[i] > 0 || (values[k] - middle) / distance > 0.5;
    };
    return (i >= m && alike(i - m)) || (i + m < values.size() && alike(i + m));
}

std::vector<std::size_t> outliers(std::span<const double> values, std::span<const double> effects, int period) {
    auto beyond = excess(values, effects, period);
    if (std::all_of(beyond.begin(), beyond.end(), [](double one) { return one == 0; })) return {};
    if (std::all_of(values.begin(), values.end(), [](double value) { return value > 0; })) {
        std::vector<double> logs;
        for (const double value : values) logs.push_back(std::log(value));
        const auto of_logs = excess(logs, seasonal_effects(logs, period, worthwhile_season), period);
        for (std::size_t i = 0; i < beyond.size(); ++i)
            if (of_logs[i] * beyond[i] <= 0) beyond[i] = 0;
    }
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < beyond.size();) {
        std::size_t end = i + 1;
        while (beyond[i] != 0 && end < beyond.size() && beyond[end] * beyond[i] > 0) ++end;
        for (std::size_t k = i; beyond[i] != 0 && end - i <= 2 && k < end; ++k)
            if (!same_season_has_it(beyond, values, k, period)) found.push_back(k);
        i = end;
    }
    const std::size_t most = std::max<std::size_t>(1, values.size() / 20);
    if (found.size() > most) {
        std::sort(found.begin(), found.end(), [&](std::size_t one, std::size_t other) {
            const double size = std::abs(beyond[one]), other_size = std::abs(beyond[other]);
            return size != other_size ? size > other_size : one < other;
        });
        found.resize(most);
        std::sort(found.begin(), found.end());
    }
    return found;
}

// Zeros that stand alone in a series which is otherwise well above 0, and not each year again.
std::vector<std::size_t> lone_zeros(std::span<const double> values, int period) {
    std::vector<double> others;
    std::vector<std::size_t> zeros;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] < 0) return {};
        if (values[i] == 0)
            zeros.push_back(i);
        else
            others.push_back(values[i]);
    }
    if (zeros.empty() || zeros.size() > std::max<std::size_t>(1, values.size() / 20)) return {};
    if (*std::min_element(others.begin(), others.end()) < 0.1 * median_of(others)) return {};
    const auto m = static_cast<std::size_t>(period);
    for (const std::size_t i : zeros) {
        if (i + 1 < values.size() && values[i + 1] == 0) return {};
        if (m > 1 && i + m < values.size() && values[i + m] == 0) return {};
    }
    return zeros;
}

struct Shift {
    std::size_t at = 0;
    double before = 0, after = 0;
};

// The split whose sides differ most against their scatter, if they differ by a jump and not by a slope.
bool find_shift(std::span<const double> values, std::size_t reach, double least, Shift& best) {
    // A series that wanders has jumps too: one that counts is far beyond the usual step.
    std::vector<double> steps;
    for (std::size_t i = 1; i < values.size(); ++i) steps.push_back(values[i] - values[i - 1]);
    const double usual_step = 1.4826 * median_size(steps);
    double strongest = 0;
    for (std::size_t at = reach; at + reach <= values.size(); ++at) {
        const auto left = values.subspan(at - reach, reach), right = values.subspan(at, reach);
        const double before = median_of(left), after = median_of(right), jump = after - before;
        std::vector<double> sizes;
        for (const double value : left) sizes.push_back(std::abs(value - before));
        for (const double value : right) sizes.push_back(std::abs(value - after));
        const double scatter = std::max(1.4826 * median(std::move(sizes)).value_or(0), 1e-6 * median_size(values));
        const double strength = std::abs(jump) / std::max(scatter, std::numeric_limits<double>::min());
        if (strength <= least || strength <= strongest || (values[at] - values[at - 1]) / jump < 0.6) continue;
        if (std::abs(values[at] - values[at - 1]) < 5 * usual_step) continue;
        strongest = strength;
        best = {at, before, after};
    }
    return strongest > 0;
}

}  // namespace

Cleaned clean(std::span<const double> values, int period) {
    Cleaned result;
    result.values.assign(values.begin(), values.end());
    result.levelled = result.values;
    if (values.size() < least_values) return result;
    const auto none = static_cast<std::size_t>(std::count(values.begin(), values.end(), 0.0));
    if (none * 5 >= values.size()) return result;

    const auto mend = [&](const std::vector<std::size_t>& found, Oddity kind) {
        for (const std::size_t i : found) result.values[i] = std::numeric_limits<double>::quiet_NaN();
        if (!found.empty()) result.values = fill_gaps(result.values, period);
        for (const std::size_t i : found) result.odd.push_back({i, kind, values[i], result.values[i]});
    };
    mend(lone_zeros(values, period), Oddity::lone_zero);
    // Robust decomposition is what takes the time here: done again only where something was mended.
    auto effects = seasonal_effects(result.values, period, worthwhile_season);
    const auto found = outliers(result.values, effects, period);
    mend(found, Oddity::outlier);
    if (!found.empty()) effects = seasonal_effects(result.values, period, worthwhile_season);

    result.levelled = result.values;
    auto adjusted = result.values;
    for (std::size_t i = 0; i < effects.size(); ++i) adjusted[i] -= effects[i];
    const std::size_t reach = static_cast<std::size_t>(std::clamp(period, 6, 12));
    // In units of the scatter on both sides, which a season fitted to few years makes too small.
    const double years = static_cast<double>(values.size()) / std::max(period, 1);
    const double least = effects.empty() ? 6 : 6 * (1 + 2 / years);
    constexpr int most_shifts = 3;
    for (int k = 0; k < most_shifts; ++k) {
        Shift shift;
        if (!find_shift(adjusted, reach, least, shift)) break;
        const double jump = shift.after - shift.before;
        for (std::size_t i = 0; i < shift.at; ++i) adjusted[i] += jump, result.levelled[i] += jump;
        result.odd.push_back({shift.at, Oddity::level_shift, shift.after, shift.before});
    }
    std::sort(result.odd.begin(), result.odd.end(),
              [](const Odd& one, const Odd& other) { return one.index < other.index; });
    return result;
}

}  // namespace fin::timeseries
