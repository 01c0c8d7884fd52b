#include "ledger/balances.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fin::ledger {

namespace {

// Banks round balances to the cent; converted statements are off by that much and agree all the same.
constexpr Wide tolerance = Money::scale / 100;

struct Reading {
    std::size_t agreed = 0, compared = 0;
    Wide opening = 0, gap = 0;
};

Wide magnitude(Wide value) { return value < 0 ? -value : value; }

// Walks the account's rows by day, within a day forwards or backwards.
Reading read(const AccountRows& account, bool backwards) {
    Reading reading;
    const std::size_t count = account.day.size();
    bool started = false;
    Wide computed = 0;       // opening and all amounts so far, once started
    Wide step_computed = 0;  // the last stated balance and the amounts since
    Wide before = 0;         // amounts before the first stated balance
    for (std::size_t from = 0; from < count;) {
        std::size_t to = from + 1;
        while (to < count && account.day[to] == account.day[from]) ++to;
        for (std::size_t i = from; i < to; ++i) {
            const std::size_t row = backwards ? to - 1 - (i - from) : i;
            const Wide amount = account.amount[row];
            computed += amount, step_computed += amount;
            if (!started) before += amount;
            if (account.balance[row] == no_balance) continue;
            const Wide stated = account.balance[row];
            if (!started) {
                started = true;
                reading.opening = stated - before;
                computed = stated;
            } else {
                ++reading.compared;
                reading.agreed += magnitude(stated - step_computed) <= tolerance;
                reading.gap = std::max(reading.gap, magnitude(stated - computed));
            }
            step_computed = stated;
        }
        from = to;
    }
    return reading;
}

// Files that keep no order within a day: a day agrees where its closing balance is among those its rows state.
Reading read_by_day(const AccountRows& account) {
    Reading reading;
    const std::size_t count = account.day.size();
    bool started = false;
    Wide computed = 0, step_computed = 0, before = 0;
    for (std::size_t from = 0; from < count;) {
        std::size_t to = from + 1;
        while (to < count && account.day[to] == account.day[from]) ++to;
        Wide sum = 0;
        std::vector<Wide> stated, starts;  // the balances after the rows and before them
        for (std::size_t row = from; row < to; ++row) {
            sum += account.amount[row];
            if (account.balance[row] == no_balance) continue;
            stated.push_back(account.balance[row]);
            starts.push_back(stated.back() - account.amount[row]);
        }
        std::ranges::sort(starts);
        const auto is_start = [&](Wide balance) {
            const auto start = std::ranges::lower_bound(starts, balance - tolerance);
            return start != starts.end() && *start <= balance + tolerance;
        };
        computed += sum, step_computed += sum;
        if (!started) before += sum;
        if (!stated.empty() && !started) {
            // The first day closes at a balance that one of its rows opens at, a day's sum before.
            const auto found = std::ranges::find_if(stated, [&](Wide balance) { return is_start(balance - sum); });
            started = true;
            computed = step_computed = found != stated.end() ? *found : stated.back();
            reading.opening = computed - before;
        } else if (!stated.empty()) {
            // What no other row goes on from closes the day; where rows go round in a circle, any of them may.
            std::vector<Wide> ends;
            std::ranges::copy_if(stated, std::back_inserter(ends), [&](Wide balance) { return !is_start(balance); });
            const auto nearest = [](const std::vector<Wide>& balances, Wide wanted) {
                return *std::ranges::min_element(
                    balances, [&](Wide a, Wide b) { return magnitude(a - wanted) < magnitude(b - wanted); });
            };
            const auto near = [&](Wide wanted) {
                const Wide any = nearest(stated, wanted);
                return ends.empty() || magnitude(any - wanted) <= tolerance ? any : nearest(ends, wanted);
            };
            const Wide closing = near(step_computed);
            ++reading.compared;
            reading.agreed += magnitude(closing - step_computed) <= tolerance;
            reading.gap = std::max(reading.gap, magnitude(near(computed) - computed));
            step_computed = closing;
        }
        from = to;
    }
    return reading;
}

Money clamped(Wide units) {
    return {static_cast<std::int64_t>(std::clamp<Wide>(units, -Money::greatest, Money::greatest))};
}

}  // namespace

std::optional<Reconciled> reconcile(const AccountRows& account) {
    if (std::ranges::all_of(account.balance, [](std::int64_t units) { return units == no_balance; }))
        return std::nullopt;
    Reading best = read(account, false);
    if (best.agreed < best.compared)
        if (const Reading other = read(account, true); other.agreed > best.agreed) best = other;
    // Days count fewer than rows: what decides is the share of them.
    if (best.agreed < best.compared)
        if (const Reading other = read_by_day(account); other.agreed * best.compared > best.agreed * other.compared)
            best = other;
    Reconciled result;
    result.gap = clamped(best.gap);
    if (2 * best.agreed >= best.compared && magnitude(best.opening) <= Money::greatest)
        result.opening = clamped(best.opening);
    return result;
}

}  // namespace fin::ledger
