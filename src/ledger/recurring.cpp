#include "ledger/recurring.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <tuple>

namespace fin::ledger {

namespace {

struct Pace {
    Cadence cadence;
    std::string_view name;
    double per_month;
    double least, most;     // the median gap in days
    Day shortest, longest;  // a single gap that still agrees: weekends, holidays, a late invoice
    Day days;               // the gap in whole days, for what is due
    Month months;           // the gap in calendar months, 0 where it is counted in days
    int least_hits;
};

constexpr std::array<Pace, 6> paces = {{
    {Cadence::weekly, "weekly", 365.25 / 12 / 7, 6, 8, 5, 9, 7, 0, 3},
    {Cadence::biweekly, "biweekly", 365.25 / 12 / 14, 13, 16, 11, 18, 14, 0, 3},
    {Cadence::monthly, "monthly", 1, 28, 31, 24, 37, 30, 1, 3},
    {Cadence::bimonthly, "bimonthly", 1.0 / 2, 55, 65, 50, 71, 61, 2, 3},
    {Cadence::quarterly, "quarterly", 1.0 / 3, 89, 95, 80, 102, 91, 3, 2},
    {Cadence::yearly, "yearly", 1.0 / 12, 364, 367, 350, 381, 365, 12, 2},
}};

const Pace& pace_of(Cadence cadence) { return paces[static_cast<std::size_t>(cadence)]; }

// What was paid on one day counts as one payment: a payroll run is one, however many people it pays.
struct Payment {
    Day day;
    std::int64_t units;
};

using Rows = std::vector<std::uint32_t>;

std::vector<Payment> payments_of(const Ledger& ledger, const Rows& rows) {
    std::vector<Payment> payments;
    for (const std::uint32_t row : rows) {
        if (payments.empty() || payments.back().day != ledger.day[row]) payments.push_back({ledger.day[row], 0});
        std::int64_t& units = payments.back().units;
        units = std::clamp<Wide>(Wide{units} + ledger.amount[row].units, -Money::greatest, Money::greatest);
    }
    return payments;
}

template <class T>
double median_of(std::vector<T> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    const auto upper = static_cast<double>(*middle);
    if (values.size() % 2) return upper;
    return (static_cast<double>(*std::max_element(values.begin(), middle)) + upper) / 2;
}

struct Amounts {
    double median = 0, mad = 0;
    bool variable = false;
};

Amounts amounts_of(const std::vector<Payment>& payments) {
    std::vector<std::int64_t> units;
    units.reserve(payments.size());
    for (const Payment& payment : payments) units.push_back(payment.units);
    Amounts amounts;
    amounts.median = median_of(units);
    std::vector<double> deviations;
    std::size_t beyond = 0;
    for (const std::int64_t value : units) {
        deviations.push_back(std::abs(static_cast<double>(value) - amounts.median));
        beyond += deviations.back() > 0.2 * std::abs(amounts.median);
    }
    amounts.mad = median_of(deviations);
    amounts.variable = 4 * beyond > units.size();  // one odd payment among many does not make a price unsteady
    return amounts;
}

// The pace most gaps keep; nullptr for payees who are paid again and again but at no pace.
const Pace* pace_kept(const std::vector<Payment>& payments) {
    std::vector<Day> gaps;
    for (std::size_t i = 1; i < payments.size(); ++i) gaps.push_back(payments[i].day - payments[i - 1].day);
    if (gaps.empty()) return nullptr;
    const double median = median_of(gaps);
    const auto pace = std::ranges::find_if(paces, [&](const Pace& p) { return median >= p.least && median <= p.most; });
    if (pace == paces.end() || static_cast<int>(payments.size()) < pace->least_hits) return nullptr;

    std::size_t kept = 0, skipped = 0;
    for (const Day gap : gaps) {
        kept += gap >= pace->shortest && gap <= pace->longest;
        skipped += gap >= 2 * pace->shortest && gap <= 2 * pace->longest;  // one payment missed
    }
    // Random visits agree with a pace about one time in five; a pace with a slip now and then does three in five.
    if (10 * kept < 6 * gaps.size() || 10 * (kept + skipped) < 7 * gaps.size()) return nullptr;
    // Few payments are a pace only where the amount is the same, too: two chance purchases a quarter apart are none.
    const bool few = payments.size() < 3 || (pace->months == 0 && payments.size() < 5);
    return few && amounts_of(payments).variable ? nullptr : &*pace;
}

bool on_weekend(Day day) { return weekday(day) >= 5; }

unsigned day_in_month(Day day) { return static_cast<unsigned>(civil(day).day()); }

// The day of the month the series keeps: its most frequent one, 31 for the last of each month.
unsigned usual_day(const std::vector<Payment>& payments) {
    std::array<std::size_t, 32> count{};
    std::size_t at_end = 0;
    for (const Payment& payment : payments) {
        ++count[day_in_month(payment.day)];
        at_end += payment.day == last_day(month_of(payment.day));
    }
    if (2 * at_end > payments.size()) return 31;
    return static_cast<unsigned>(std::ranges::max_element(count) - count.begin());
}

Day day_within(Month month, unsigned day) {
    return first_day(month) + std::min<Day>(static_cast<Day>(day), last_day(month) - first_day(month) + 1) - 1;
}

Day next_of(const std::vector<Payment>& payments, const Pace& pace) {
    const Day last = payments.back().day;
    Day next = last + pace.days;
    if (pace.months > 0) {
        // The same day of the month; of neighbouring months the one nearest to a full gap after the last payment, since
        // a payment due on the 1st may have been booked on the 31st.
        const double wanted = last + pace.months * 365.25 / 12;
        const unsigned day = usual_day(payments);
        const Month month = month_of(last) + pace.months;
        const auto distance = [&](Month m) { return std::abs(day_within(m, day) - wanted); };
        Month best = month;
        for (const Month m : {month - 1, month + 1})
            if (distance(m) < distance(best)) best = m;
        next = day_within(best, day);
    }
    const bool weekdays_only = std::ranges::none_of(payments, [](const Payment& p) { return on_weekend(p.day); });
    if (!weekdays_only || !on_weekend(next)) return next;
    // Modified following: the next business day, or the one before where that is in another month.
    const Day monday = next + 7 - weekday(next);
    const bool stays = pace.months == 0 || month_of(monday) == month_of(next);
    return stays ? monday : next - (weekday(next) - 4);
}

SeriesState state_at(Day end, Day next, const Pace& pace) {
    if (end > next + 2 * pace.days) return SeriesState::ended;
    return 2 * (end - next) > pace.days ? SeriesState::overdue : SeriesState::active;
}

// The value most rows have; of equally frequent ones the smallest.
template <class T, class Value>
T most_frequent(const Rows& rows, Value value) {
    std::vector<T> values;
    for (const std::uint32_t row : rows) values.push_back(value(row));
    std::ranges::sort(values);
    T best = values.front();
    std::size_t best_run = 0, run = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        run = i > 0 && values[i] == values[i - 1] ? run + 1 : 1;
        if (run > best_run) best_run = run, best = values[i];
    }
    return best;
}

RecurringSeries series_of(const Ledger& ledger, Rows rows, const std::vector<Payment>& payments, const Pace& pace) {
    RecurringSeries series;
    const Amounts amounts = amounts_of(payments);
    series.account = ledger.account[rows.front()];
    series.counterparty = ledger.counterparty[rows.front()];
    series.inflow = ledger.amount[rows.front()].units > 0;
    series.category = most_frequent<Code>(rows, [&](std::uint32_t row) { return ledger.category[row]; });
    series.kind = most_frequent<Kind>(rows, [&](std::uint32_t row) { return ledger.kind[row]; });
    series.cadence = pace.cadence;
    series.hits = static_cast<int>(payments.size());
    series.early = series.hits < 3;
    series.variable = amounts.variable;
    series.median_amount = {static_cast<std::int64_t>(std::round(amounts.median))};
    series.mad = {static_cast<std::int64_t>(std::round(amounts.mad))};
    series.monthly_amount = Money::of(series.median_amount.value() * pace.per_month);
    series.first = payments.front().day;
    series.last = payments.back().day;
    series.next = next_of(payments, pace);
    series.state = state_at(ledger.day.back(), series.next, pace);
    series.rows = std::move(rows);
    return series;
}

// A payee of a subscription who also sells other things: the rows of the one amount that comes most often.
Rows of_most_frequent_amount(const Ledger& ledger, const Rows& rows) {
    const auto usual = most_frequent<std::int64_t>(rows, [&](std::uint32_t row) { return ledger.amount[row].units; });
    Rows equal;
    std::ranges::copy_if(rows, std::back_inserter(equal),
                         [&](std::uint32_t row) { return ledger.amount[row].units == usual; });
    return equal;
}

void find_in_group(const Ledger& ledger, Rows rows, std::vector<RecurringSeries>& found) {
    if (rows.size() < 2) return;
    auto payments = payments_of(ledger, rows);
    const Pace* pace = pace_kept(payments);
    if (!pace && rows.size() >= 4) {
        rows = of_most_frequent_amount(ledger, rows);
        if (rows.size() < 3) return;
        payments = payments_of(ledger, rows);
        pace = pace_kept(payments);
    }
    if (pace) found.push_back(series_of(ledger, std::move(rows), payments, *pace));
}

// Row numbers by counterparty and direction, days in order: a counting sort, since the codes are dense.
struct Groups {
    std::vector<std::uint32_t> rows;
    std::vector<std::size_t> start;  // of group g: start[g] .. start[g + 1]
};

Groups by_counterparty(const Ledger& ledger, Pulse& pulse) {
    const auto group_of = [&](std::size_t row) -> std::optional<std::size_t> {
        const Code code = ledger.counterparty[row];
        const std::int64_t units = ledger.amount[row].units;
        if (code == no_code || units == 0) return std::nullopt;
        return static_cast<std::size_t>(code) * 2 + (units > 0);
    };
    Groups groups;
    groups.start.assign(ledger.counterparties.size() * 2 + 1, 0);
    for (std::size_t row = 0; row < ledger.size(); ++row) {
        pulse();
        if (const auto group = group_of(row)) ++groups.start[*group + 1];
    }
    for (std::size_t i = 1; i < groups.start.size(); ++i) groups.start[i] += groups.start[i - 1];
    groups.rows.resize(groups.start.back());
    auto place = groups.start;
    for (std::size_t row = 0; row < ledger.size(); ++row) {
        pulse();
        if (const auto group = group_of(row)) groups.rows[place[*group]++] = static_cast<std::uint32_t>(row);
    }
    return groups;
}

}  // namespace

std::string_view name(Cadence cadence) { return pace_of(cadence).name; }

double per_month(Cadence cadence) { return pace_of(cadence).per_month; }

std::string_view name(SeriesState state) {
    static constexpr std::array<std::string_view, 3> names = {"active", "overdue", "ended"};
    return names[static_cast<std::size_t>(state)];
}

std::vector<RecurringSeries> find_recurring(const Ledger& ledger, const InterruptCheck& check) {
    std::vector<RecurringSeries> found;
    Pulse pulse(check);
    Groups groups = by_counterparty(ledger, pulse);
    Pulse often(check, 64);  // a group is many rows
    for (std::size_t group = 0; group + 1 < groups.start.size(); ++group) {
        often();
        const auto begin = groups.rows.begin() + static_cast<std::ptrdiff_t>(groups.start[group]);
        const auto end = groups.rows.begin() + static_cast<std::ptrdiff_t>(groups.start[group + 1]);
        const auto account = [&](std::uint32_t row) { return ledger.account[row]; };
        if (std::any_of(begin, end, [&](std::uint32_t row) { return account(row) != account(*begin); }))
            std::stable_sort(begin, end, [&](std::uint32_t a, std::uint32_t b) { return account(a) < account(b); });
        for (auto from = begin; from != end;) {
            const auto to = std::find_if(from, end, [&](std::uint32_t row) { return account(row) != account(*from); });
            find_in_group(ledger, Rows(from, to), found);
            from = to;
        }
    }
    std::ranges::sort(found, [&](const RecurringSeries& a, const RecurringSeries& b) {
        pulse();
        const auto key = [&](const RecurringSeries& s) {
            return std::tuple(-s.monthly_amount.abs().units, ledger.counterparties.text(s.counterparty), s.inflow,
                              s.account);
        };
        return key(a) < key(b);
    });
    return found;
}

}  // namespace fin::ledger
