#include "anomaly/refunds.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace fin::anomaly {

using ledger::Day;
using ledger::Index;

namespace {

// Rows looked at on the way back through a counterparty's last 90 days, and around a row for its pace: a refund of
// something thousands of rows ago is not told from a wrong sign, and counts as one.
constexpr std::size_t most_steps = 4096;

double middle(std::vector<double> values) {
    const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, half);
    return *half;
}

}  // namespace

bool Party::has_between(std::int64_t units, Day from, Day to) {
    if (by_amount_.empty()) {
        by_amount_.reserve(rows_.size());
        for (const Index row : rows_) by_amount_.emplace_back(this->units(row), day(row));
        Pulse pulse(*check_);
        std::ranges::sort(by_amount_, [&](const auto& a, const auto& b) {
            pulse();
            return a < b;
        });
    }
    const auto found = std::ranges::lower_bound(by_amount_, std::pair(units, from));
    return found != by_amount_.end() && found->first == units && found->second <= to;
}

bool Party::is_paid_back(Index row) { return has_between(-units(row), day(row), day(row) + refund_days); }

bool Party::is_refund(std::size_t at) {
    const Index row = rows_[at];
    if (was_larger_lately(at)) return true;
    return has_between(-units(row), day(row) - refund_days, day(row) + refund_days) && !stands_for_payment(at);
}

bool Party::was_larger_lately(std::size_t at) const {
    const Index row = rows_[at];
    for (std::size_t i = at, steps = 0; i-- > 0 && day(row) - day(rows_[i]) <= refund_days; ++steps) {
        if (steps == most_steps) return true;
        if (inflow(rows_[i]) != inflow(row) && std::abs(units(row)) < std::abs(units(rows_[i])) / 3) return true;
    }
    return false;
}

std::optional<Party::Pace> Party::pace_around(std::size_t at) const {
    const bool direction = !inflow(rows_[at]);
    const std::size_t from = at < most_steps / 2 ? 0 : at - most_steps / 2;
    const std::size_t to = std::min(rows_.size(), at + most_steps / 2);
    std::vector<double> gaps;
    std::optional<Day> last;
    Pace pace{};
    for (std::size_t i = from; i < to; ++i) {
        if (inflow(rows_[i]) != direction) continue;
        const Day here = day(rows_[i]);
        if (i < at) pace.before = here;
        if (i > at && !pace.after) pace.after = here;
        // A hole at the place is no gap of the habit.
        if (last && !(i > at && pace.before == last && pace.after == here)) gaps.push_back(here - *last);
        last = here;
    }
    if (gaps.size() < 3) return std::nullopt;
    pace.gap = middle(gaps);
    const auto steady = std::ranges::count_if(
        gaps, [&](double each) { return std::abs(each - pace.gap) <= std::max(1.0, pace.gap / 4); });
    if (pace.gap < 2 || static_cast<double>(steady) < 0.7 * static_cast<double>(gaps.size())) return std::nullopt;
    return pace;
}

// Steady payments with a hole that this row fills.
bool Party::stands_for_payment(std::size_t at) const {
    const auto pace = pace_around(at);
    if (!pace || !pace->before) return false;
    const double since = day(rows_[at]) - *pace->before;
    if (since < 0.6 * pace->gap || since > 1.5 * pace->gap) return false;
    return !pace->after || *pace->after - day(rows_[at]) >= 0.6 * pace->gap;
}

bool Party::is_between_payments(std::size_t at) const {
    const auto pace = pace_around(at);
    return pace && pace->before && pace->after && *pace->after - *pace->before <= 1.4 * pace->gap;
}

}  // namespace fin::anomaly
