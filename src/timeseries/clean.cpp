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

// Median of the neighbours on both sides, the value itself left out: a line of any shape that no single value bends.
std::vector<double> running_median(std::span<const double> values, std::size_t reach) {
    std::vector<double> result(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::size_t from = i > reach ? i - reach : 0, to = std::min(values.size() - 1, i + reach);
        std::vector<double> around;
        for (std::size_t k = from; k <= to; ++k)
            if (k != i) around.push_back(values[k]);
        result[i] = median(std::move(around)).value_or(values[i]);
    }
    return result;
}

// Distances from level and season; by how much each is beyond the limits (0: inside), with its sign.
std::vector<double> excess(std::span<const double> values, int period) {
    std::vector<double> residual(values.begin(), values.end());
    const auto effects = seasonal_effects(values, period, worthwhile_season);
    for (std::size_t i = 0; i < effects.size(); ++i) residual[i] -= effects[i];
    const auto level = running_median(residual, 3);
    for (std::size_t i = 0; i < residual.size(); ++i) residual[i] -= level[i];
    const double low = *quantile(residual, 0.25), high = *quantile(residual, 0.75);
    // In a series that hardly moves a distance of the size of rounding errors is no outlier.
    const double width = std::max(3 * (high - low), 1e-6 * median_size(values));
    std::vector<double> beyond(values.size());
    for (std::size_t i = 0; i < residual.size(); ++i) {
        if (residual[i] > high + width) beyond[i] = residual[i] - high;
        if (residual[i] < low - width) beyond[i] = residual[i] - low;
    }
    return beyond;
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

std::vector<std::size_t> outliers(std::span<const double> values, int period) {
    auto beyond = excess(values, period);
    if (std::all_of(values.begin(), values.end(), [](double value) { return value > 0; })) {
        std::vector<double> logs;
        for (const double value : values) logs.push_back(std::log(value));
        const auto of_logs = excess(logs, period);
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
bool find_shift(std::span<const double> values, std::size_t reach, Shift& best) {
    double strongest = 0;
    for (std::size_t at = reach; at + reach <= values.size(); ++at) {
        const auto left = values.subspan(at - reach, reach), right = values.subspan(at, reach);
        const double before = median_of(left), after = median_of(right), jump = after - before;
        std::vector<double> sizes;
        for (const double value : left) sizes.push_back(std::abs(value - before));
        for (const double value : right) sizes.push_back(std::abs(value - after));
        const double scatter = std::max(1.4826 * median(std::move(sizes)).value_or(0), 1e-6 * median_size(values));
        const double strength = std::abs(jump) / std::max(scatter, std::numeric_limits<double>::min());
        if (strength <= 6 || strength <= strongest || (values[at] - values[at - 1]) / jump < 0.6) continue;
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
    mend(outliers(result.values, period), Oddity::outlier);

    result.levelled = result.values;
    auto adjusted = result.values;
    const auto effects = seasonal_effects(adjusted, period, worthwhile_season);
    for (std::size_t i = 0; i < effects.size(); ++i) adjusted[i] -= effects[i];
    const std::size_t reach = static_cast<std::size_t>(std::clamp(period, 6, 12));
    constexpr int most_shifts = 3;
    for (int k = 0; k < most_shifts; ++k) {
        Shift shift;
        if (!find_shift(adjusted, reach, shift)) break;
        const double jump = shift.after - shift.before;
        for (std::size_t i = 0; i < shift.at; ++i) adjusted[i] += jump, result.levelled[i] += jump;
        result.odd.push_back({shift.at, Oddity::level_shift, shift.after, shift.before});
    }
    std::sort(result.odd.begin(), result.odd.end(),
              [](const Odd& one, const Odd& other) { return one.index < other.index; });
    return result;
}

}  // namespace fin::timeseries
