#include "anomaly/robust_window.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "error.hpp"

namespace fin::anomaly {

namespace {

constexpr std::uint32_t no_rank = std::numeric_limits<std::uint32_t>::max();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Two infinities of one sign are 0 apart.
double distance(double a, double b) { return a == b ? 0 : std::abs(a - b); }
// Halves first: the sum of two doubles may overflow.
double middle(double a, double b) { return a == b ? a : a / 2 + b / 2; }

}  // namespace

double robust_z(double value, const Spread& spread) {
    if (std::isnan(value) || spread.count == 0) return nan;
    if (value == spread.median) return 0;
    // With a scale of 0 this is an infinity of the right sign; an infinite median has no distance but 0.
    return std::isinf(spread.median) ? nan : (value - spread.median) / spread.scale;
}

RobustWindow::RobustWindow(const std::vector<double>& values, const InterruptCheck& check)
    : rank_(values.size(), no_rank) {
    if (values.size() >= no_rank)
        throw Error(ErrorCode::limit_exceeded, "too many rows in a partition",
                    "There are " + std::to_string(values.size()) + ".");
    std::vector<std::uint32_t> order;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isnan(values[i])) order.push_back(static_cast<std::uint32_t>(i));
    Pulse pulse(check, 65536);
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
        pulse();
        return values[a] != values[b] ? values[a] < values[b] : a < b;
    });
    sorted_.reserve(order.size());
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        sorted_.push_back(values[order[rank]]);
        rank_[order[rank]] = static_cast<std::uint32_t>(rank);
    }
    leaves_ = std::bit_ceil(std::max<std::size_t>(sorted_.size(), 1));
    counts_.assign(2 * leaves_, 0);
    sums_.assign(2 * leaves_, 0);
    if (!sorted_.empty() && std::isfinite(sorted_[sorted_.size() / 2])) origin_ = sorted_[sorted_.size() / 2];
}

void RobustWindow::set(std::size_t position, bool counts) {
    const std::uint32_t rank = rank_[position];
    if (rank == no_rank) return;
    std::size_t node = leaves_ + rank;
    counts_[node] = counts ? 1 : 0;
    sums_[node] = counts && std::isfinite(sorted_[rank]) ? sorted_[rank] - origin_ : 0;
    while ((node /= 2) > 0) {
        counts_[node] = counts_[2 * node] + counts_[2 * node + 1];
        sums_[node] = sums_[2 * node] + sums_[2 * node + 1];
    }
}

double RobustWindow::nth(std::size_t number) const {
    std::size_t node = 1;
    while (node < leaves_) {
        node *= 2;
        if (number >= counts_[node]) number -= counts_[node++];
    }
    return sorted_[node - leaves_];
}

Spread RobustWindow::spread() const {
    Spread spread;
    spread.count = counts_[1];
    if (spread.count == 0) return spread;
    spread.median = middle(nth((spread.count - 1) / 2), nth(spread.count / 2));
    constexpr double of_median_distance = 1.482602218505602, of_mean_distance = 1.2533141373155003;
    spread.scale = of_median_distance * median_distance(spread.count, spread.median);
    if (spread.scale == 0 && nth(0) != nth(spread.count - 1))
        spread.scale = of_mean_distance * mean_distance(spread.median);
    return spread;
}

// The lower half, read downwards, and the upper half, read upwards, are two rows of growing distances. The median of
// both is found by halving the number of those that come from the lower one.
double RobustWindow::median_distance(std::size_t count, double median) const {
    const std::size_t lower = count / 2, upper = count - lower;
    const auto below = [&](std::size_t i) { return distance(nth(lower - 1 - i), median); };
    const auto above = [&](std::size_t i) { return distance(nth(lower + i), median); };
    const std::size_t wanted = (count + 1) / 2;  // how many distances are at most the (lower) median one
    std::size_t least = wanted > upper ? wanted - upper : 0, most = std::min(wanted, lower);
    while (least < most) {
        const std::size_t half = (least + most) / 2;
        if (above(wanted - half - 1) <= below(half))
            most = half;
        else
            least = half + 1;
    }
    const std::size_t from_above = wanted - least;
    const double first = std::max(least > 0 ? below(least - 1) : 0, from_above > 0 ? above(from_above - 1) : 0);
    if (count % 2 == 1) return first;
    const double second = std::min(least < lower ? below(least) : std::numeric_limits<double>::infinity(),
                                   from_above < upper ? above(from_above) : std::numeric_limits<double>::infinity());
    return middle(first, second);
}

// Sum and number of those that count among the ranks [from, to).
RobustWindow::Part RobustWindow::part(std::size_t from, std::size_t to) const {
    Part part;
    const auto add = [&](std::size_t node) { part.count += counts_[node], part.sum += sums_[node]; };
    for (std::size_t left = leaves_ + from, right = leaves_ + to; left < right; left /= 2, right /= 2) {
        if (left % 2 == 1) add(left++);
        if (right % 2 == 1) add(--right);
    }
    return part;
}

// Infinite values are left out: beside them the others would not differ.
double RobustWindow::mean_distance(double median) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto rank_above = [&](double value) {
        return static_cast<std::size_t>(std::ranges::upper_bound(sorted_, value) - sorted_.begin());
    };
    const auto first = rank_above(-infinity);
    const auto end = static_cast<std::size_t>(std::ranges::lower_bound(sorted_, infinity) - sorted_.begin());
    const std::size_t place = std::clamp(rank_above(median), first, end);
    const Part low = part(first, place), high = part(place, end);
    if (low.count + high.count == 0) return 0;
    const double from_origin = median - origin_;
    const double sum = (high.sum - static_cast<double>(high.count) * from_origin) +
                       (static_cast<double>(low.count) * from_origin - low.sum);
    return std::max(0.0, sum / static_cast<double>(low.count + high.count));
}

}  // namespace fin::anomaly
