// Daily series: days whose total left its forecast interval and that no few rows explain (those are found by the tests
// of rows). Told as level_shift, the kind of a series that leaves its forecast.
#include <algorithm>
#include <array>
#include <cmath>

#include "anomaly/series/interval_test.hpp"
#include "anomaly/series/money_series.hpp"
#include "anomaly/series/tests.hpp"
#include "anomaly/series/weigh.hpp"
#include "anomaly/words.hpp"
#include "risk/wording.hpp"

namespace fin::anomaly::series {

namespace {

using ledger::Code;
using ledger::Day;

constexpr Day longest = 1500;              // days looked at, from the last back
constexpr std::size_t least_days = 60;     // open days of a series that has a daily habit
constexpr double least_active = 0.7;       // share of open days with rows
constexpr std::size_t most_series = 3;     // categories, and counterparties
constexpr std::size_t most_judged = 2;     // days of a series given to the forecast engine
constexpr std::size_t history_days = 180;  // open days that the forecast reads
constexpr double least_share = 0.1;        // of a month's expenses
constexpr double listed_p = 0.01;
constexpr int least_rows = 8;  // of a burst; a few large rows are found one by one

struct DailySeries {
    Scope scope = Scope::revenue;
    Code code = ledger::no_code;
    bool inflow = true;
    std::vector<double> total;
    std::vector<std::array<double, 3>> largest;  // three of the day's rows, the largest first
    std::vector<int> rows;

    DailySeries(Scope scope, Code code, bool inflow, std::size_t days)
        : scope(scope), code(code), inflow(inflow), total(days), largest(days), rows(days) {}
    double without_largest(std::size_t day) const {
        return total[day] - largest[day][0] - largest[day][1] - largest[day][2];
    }
    void add(std::size_t day, double amount) {
        double value = inflow ? amount : -amount;
        total[day] += value, ++rows[day];
        for (double& held : largest[day])
            if (value > held) std::swap(value, held);
    }
};

// By number of rows: a daily habit needs many.
struct Busiest {
    std::vector<Code> codes;
    std::vector<std::int32_t> place;  // of a code among `codes`; -1: none
};

Busiest busiest(const std::vector<Code>& column, std::size_t codes, std::size_t from, Pulse& pulse) {
    std::vector<double> count(codes, 0);
    for (std::size_t row = from; row < column.size(); ++row) {
        pulse();
        if (column[row] != ledger::no_code) count[static_cast<std::size_t>(column[row])] += 1;
    }
    Busiest found{greatest_codes(count, most_series, least_days), std::vector<std::int32_t>(codes, -1)};
    for (std::size_t i = 0; i < found.codes.size(); ++i)
        found.place[static_cast<std::size_t>(found.codes[i])] = static_cast<std::int32_t>(i);
    return found;
}

std::vector<DailySeries> daily_series(const Setting& setting, Day first) {
    const ledger::Ledger& ledger = setting.ledger;
    const auto days = static_cast<std::size_t>(ledger.day.back() - first + 1);
    const auto from =
        static_cast<std::size_t>(std::lower_bound(ledger.day.begin(), ledger.day.end(), first) - ledger.day.begin());
    Pulse pulse(setting.check);
    const Busiest categories = busiest(ledger.category, ledger.categories.size(), from, pulse);
    const Busiest payees = busiest(ledger.counterparty, ledger.counterparties.size(), from, pulse);
    std::vector<DailySeries> all;
    all.emplace_back(Scope::revenue, ledger::no_code, true, days);
    all.emplace_back(Scope::expenses, ledger::no_code, false, days);
    // The direction of a category or counterparty is that of its first row here; a series that mixes both is not
    // steady enough to be judged anyway.
    const auto open = [&](Scope scope, const Busiest& chosen, const std::vector<Code>& column) {
        for (const Code code : chosen.codes) {
            auto row = from;
            while (column[row] != code) pulse(), ++row;
            all.emplace_back(scope, code, ledger.amount[row].units > 0, days);
        }
    };
    open(Scope::category, categories, ledger.category);
    open(Scope::counterparty, payees, ledger.counterparty);
    const std::size_t first_payee = 2 + categories.codes.size();
    for (std::size_t row = from; row < ledger.size(); ++row) {
        pulse();
        const ledger::Kind kind = ledger.kind[row];
        if (!has_level(kind)) continue;
        const auto day = static_cast<std::size_t>(ledger.day[row] - first);
        const double amount = ledger.amount[row].value();
        if (ledger::is_income(kind)) all[0].add(day, amount);
        if (ledger::is_expense(kind)) all[1].add(day, amount);
        const auto into = [&](const Busiest& chosen, Code code, std::size_t begin) {
            if (code == ledger::no_code || chosen.place[static_cast<std::size_t>(code)] < 0) return;
            all[begin + static_cast<std::size_t>(chosen.place[static_cast<std::size_t>(code)])].add(day, amount);
        };
        into(categories, ledger.category[row], 2);
        into(payees, ledger.counterparty[row], first_payee);
    }
    return all;
}

// Days on weekdays that usually have rows; none where the series has no daily habit.
std::vector<std::size_t> open_days(const DailySeries& series, Day first, int& weekdays) {
    std::array<std::size_t, 7> active{};
    for (std::size_t i = 0; i < series.rows.size(); ++i)
        if (series.rows[i] > 0) ++active[static_cast<std::size_t>(ledger::weekday(first + static_cast<Day>(i)))];
    const std::size_t most = *std::max_element(active.begin(), active.end());
    std::array<bool, 7> open{};
    for (std::size_t i = 0; i < 7; ++i) open[i] = 4 * active[i] >= most && most > 0;
    weekdays = static_cast<int>(std::count(open.begin(), open.end(), true));
    std::vector<std::size_t> days;
    std::size_t with_rows = 0;
    for (std::size_t i = 0; i < series.rows.size(); ++i)
        if (open[static_cast<std::size_t>(ledger::weekday(first + static_cast<Day>(i)))])
            days.push_back(i), with_rows += series.rows[i] > 0;
    if (days.size() < least_days || static_cast<double>(with_rows) < least_active * static_cast<double>(days.size()))
        days.clear();
    return days;
}

// Payrolls and month ends: other months have a day like it at about the same date.
bool is_habit(const DailySeries& series, const std::vector<std::size_t>& days, std::size_t which, Day first) {
    const auto date = [&](std::size_t at) {
        return static_cast<int>(static_cast<unsigned>(ledger::civil(first + static_cast<Day>(at)).day()));
    };
    const std::size_t at = days[which];
    const int wanted = date(at);
    for (const std::size_t other : days) {
        if (other == at || series.total[other] < 0.6 * series.total[at]) continue;
        const int apart = std::abs(date(other) - wanted);
        if (std::min(apart, 31 - apart) <= 4 && (other > at ? other - at : at - other) > 20) return true;
    }
    return false;
}

struct Burst {
    std::size_t at = 0;  // index of the day
    Judged judged;
};

std::vector<Burst> bursts_of(const DailySeries& series, Day first, double floor, double tests,
                             const InterruptCheck& check) {
    int weekdays = 0;
    const auto days = open_days(series, first, weekdays);
    std::vector<Burst> found;
    if (days.empty()) return found;
    std::vector<std::size_t> order(days.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const std::size_t kept = std::min<std::size_t>(most_judged + 3, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                      [&](std::size_t a, std::size_t b) {
                          const double left = series.total[days[a]], right = series.total[days[b]];
                          return left != right ? left > right : a < b;
                      });
    // A burst is more than what such days bring at most: half as much again as the greatest day that may be none.
    const double usual_most = series.total[days[order[most_judged]]];
    for (std::size_t k = 0; k < most_judged; ++k) {
        const std::size_t which = order[k], at = days[which];
        const double total = series.total[at];
        if (total < 1.5 * usual_most || total < floor || series.rows[at] < least_rows) continue;
        if (series.without_largest(at) < 1.2 * usual_most || is_habit(series, days, which, first)) continue;
        check();
        std::vector<double> history;
        for (std::size_t i = which > history_days ? which - history_days : 0; i < which; ++i)
            history.push_back(series.total[days[i]]);
        if (history.size() < least_days / 2) continue;
        const auto judged = judge(history, weekdays, std::span(&series.total[at], 1));
        if (!judged || total <= judged->front().predicted) continue;
        Burst burst{at, judged->front()};
        burst.judged.p = of_many(burst.judged.p, tests * static_cast<double>(days.size()));
        if (burst.judged.p <= listed_p) found.push_back(burst);
    }
    return found;
}

Finding finding_of(const Setting& setting, const DailySeries& series, const Burst& burst, Day first) {
    Finding finding;
    finding.kind = Kind::level_shift;
    finding.booked_on = first + static_cast<Day>(burst.at);
    const double sign = series.inflow ? 1 : -1, total = series.total[burst.at];
    finding.amount = money_of(sign * total);
    finding.expected = money_of(sign * burst.judged.predicted);
    if (series.scope == Scope::category) finding.category = series.code;
    if (series.scope == Scope::counterparty) finding.counterparty = series.code;
    finding.p = burst.judged.p;
    const double excess = total - burst.judged.predicted;
    // A day of bonuses or of a sale looks the same: only a month's expenses in one day are asked about.
    weigh(finding, setting, excess, excess, {1e-4, 1, 3, 1e9, series.inflow ? Severity::low : Severity::high});
    MoneySeries named;
    named.scope = series.scope, named.code = series.code;
    const Words name = name_of(named, setting.ledger);
    const auto en = [](double value) { return risk::money_words(std::max(0.0, value), risk::Language::en); };
    const auto ru = [](double value) { return risk::money_words(std::max(0.0, value), risk::Language::ru); };
    const std::string rows = std::to_string(series.rows[burst.at]);
    finding.reason_en = name.en + " on " + day_text(finding.booked_on, Language::en) + ": the days before let expect " +
                        en(burst.judged.predicted) + " (95% interval up to " + en(burst.judged.high95()) +
                        "), it was " + en(total) + " in " + rows +
                        " rows, and without the three largest it is still out of the ordinary.";
    finding.reason_ru = name.ru + ", " + day_text(finding.booked_on, Language::ru) + ": по предыдущим дням ожидалось " +
                        ru(burst.judged.predicted) + " (95-процентный интервал до " + ru(burst.judged.high95()) +
                        "), было " + ru(total) + " (записей: " + rows +
                        "), и без трёх крупнейших итог всё равно необычен.";
    return finding;
}

}  // namespace

Findings daily_burst(const Setting& setting) {
    const Day last = setting.ledger.day.back();
    const Day first = std::max(setting.ledger.day.front(), last - longest + 1);
    Findings found;
    if (last - first + 1 < static_cast<Day>(least_days)) return found;
    const double floor = least_share * setting.month_expenses * setting.strict(Kind::level_shift);
    const auto all = daily_series(setting, first);
    std::vector<Day> told;  // a day is told once, by the widest series
    for (const DailySeries& series : all)
        for (const Burst& burst : bursts_of(series, first, floor, static_cast<double>(all.size()), setting.check)) {
            const Day day = first + static_cast<Day>(burst.at);
            if (std::find(told.begin(), told.end(), day) != told.end()) continue;
            told.push_back(day);
            found.push_back(finding_of(setting, series, burst, first));
        }
    return found;
}

}  // namespace fin::anomaly::series
