#include "ledger/monthly.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "error.hpp"

namespace fin::ledger {

namespace {

// Two centuries; beyond it a date is a misread column, not a ledger.
constexpr Month most_months = 2400;

// Sums of all rows stay exact and are checked once per month and kind.
struct WideFlows {
    std::array<MoneySum, kind_count> by_kind{};
    int rows = 0;
};

struct Activity {
    int rows = 0;
    unsigned last_booking = 0;  // day of the month, 0: none
};

unsigned day_in_month(Day day) { return static_cast<unsigned>(civil(day).day()); }

bool last_is_complete(const std::vector<Activity>& months, Day last) {
    if (last == last_day(month_of(last))) return true;
    std::vector<int> rows;
    unsigned earliest = 32;
    const std::size_t end = months.size() - 1;
    for (std::size_t i = end - std::min<std::size_t>(end, 6); i < end; ++i) {
        if (months[i].rows == 0) continue;
        rows.push_back(months[i].rows);
        earliest = std::min(earliest, months[i].last_booking);
    }
    if (rows.empty()) return false;
    std::ranges::sort(rows);
    const double median = (rows[(rows.size() - 1) / 2] + rows[rows.size() / 2]) / 2.0;
    return day_in_month(last) >= earliest && months[end].rows >= 0.6 * median;
}

}  // namespace

Money Flows::net_cash_flow() const {
    MoneySum sum;
    for (std::size_t kind = 0; kind < kind_count; ++kind)
        if (static_cast<Kind>(kind) != Kind::transfer) sum += by_kind[kind];
    return sum.money();
}

Money Flows::burn_flow() const { return of(Kind::equity) + of(Kind::debt) - net_cash_flow(); }

Flows& Flows::operator+=(const Flows& other) {
    for (std::size_t kind = 0; kind < kind_count; ++kind) {
        MoneySum sum;
        sum += by_kind[kind];
        sum += other.by_kind[kind];
        by_kind[kind] = sum.money();
    }
    rows += other.rows;
    return *this;
}

Flows Monthly::sum(Month from, Month to) const {
    Flows total;
    from = std::max(from, first);
    to = std::min(to, first + static_cast<Month>(months.size()) - 1);
    for (Month month = from; month <= to; ++month) total += at(month);
    return total;
}

Span trailing(const Monthly& monthly, int n) {
    const int taken = std::clamp(n, 0, monthly.complete);
    return {monthly.last_complete() - taken + 1, monthly.last_complete()};
}

Span before_t3(const Monthly& monthly) {
    const int taken = std::clamp(monthly.complete - 3, 0, 12);
    const Month to = monthly.last_complete() - 3;
    return {to - taken + 1, to};
}

double usual_expenses(const Monthly& monthly) {
    std::vector<double> expenses, turnover;
    for (int i = 0; i < monthly.complete; ++i) {
        const auto& month = monthly.months[static_cast<std::size_t>(i)];
        expenses.push_back(month.expenses().value());
        turnover.push_back(std::abs(month.revenue().value()) + std::abs(month.expenses().value()));
    }
    const auto median = [](std::vector<double>& values) {
        if (values.empty()) return 0.0;
        std::ranges::sort(values);
        return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
    };
    const double usual = median(expenses);
    return usual > 0 ? usual : median(turnover);
}

Monthly by_month(const Ledger& ledger, const InterruptCheck& check) {
    Monthly monthly;
    if (ledger.empty()) return monthly;
    monthly.first = ledger.first_month();
    const Month span = ledger.last_month() - monthly.first + 1;
    if (span > most_months)
        throw Error(ErrorCode::out_of_domain, "the ledger spans too many months",
                    "It runs from " + date_text(ledger.day.front()) + " to " + date_text(ledger.day.back()) + ", " +
                        std::to_string(span) + " months; at most " + std::to_string(most_months) + " can be analysed.",
                    "Look for rows with a mistyped year.");

    const auto count = static_cast<std::size_t>(span);
    std::vector<Activity> activity(count);
    monthly.months.resize(count);
    monthly.cash.resize(count);
    MoneySum cash;
    cash += ledger.opening.value_or(Money{});

    Pulse pulse(check);
    WideFlows flows;
    std::size_t month = 0;
    const auto close_month = [&] {
        for (std::size_t kind = 0; kind < kind_count; ++kind) {
            monthly.months[month].by_kind[kind] = flows.by_kind[kind].money();
            cash.units += flows.by_kind[kind].units;
        }
        monthly.months[month].rows = activity[month].rows = flows.rows;
        monthly.cash[month] = cash.money();
        flows = {};
        ++month;
    };
    // Rows come sorted by day: the calendar is asked once a month, not once a row.
    Day month_ends = last_day(monthly.first);
    for (std::size_t row = 0; row < ledger.size(); ++row) {
        pulse();
        while (ledger.day[row] > month_ends) {
            close_month();
            month_ends = last_day(monthly.month(month));
        }
        flows.by_kind[static_cast<std::size_t>(ledger.kind[row])] += ledger.amount[row];
        ++flows.rows;
        if (row + 1 == ledger.size() || ledger.day[row + 1] > month_ends)
            activity[month].last_booking = day_in_month(ledger.day[row]);
    }
    close_month();

    monthly.complete = static_cast<int>(span) - (last_is_complete(activity, ledger.day.back()) ? 0 : 1);
    return monthly;
}

}  // namespace fin::ledger
