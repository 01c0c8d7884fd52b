// level_shift: a monthly series that left the interval its own past forecast, for two months or longer.
// Two stages: a robust look at every month of every large series costs next to nothing; the forecast engine then judges
// the few months that stand out, and its verdict alone counts.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "anomaly/series/interval_test.hpp"
#include "anomaly/series/money_series.hpp"
#include "anomaly/series/tests.hpp"
#include "anomaly/series/weigh.hpp"
#include "risk/wording.hpp"
#include "timeseries/robust.hpp"

namespace fin::anomaly::series {

namespace {

constexpr std::size_t least_before = 6, year = 12;
constexpr double least_change = 0.3;  // of the level before: T15 of the usual audit tests
constexpr double listed_p = 0.01;     // over all series and months together
constexpr double least_share = 0.03;  // of a month's expenses, a month
constexpr std::size_t most_categories = 12, most_counterparties = 24;
constexpr std::size_t most_judged = 24;  // months given to the forecast engine in a report
constexpr std::size_t steps = 3;         // months judged after a shift

double median_of(const std::vector<double>& values, std::size_t from, std::size_t to) {
    return timeseries::median(std::vector<double>(values.begin() + static_cast<std::ptrdiff_t>(from),
                                                  values.begin() + static_cast<std::ptrdiff_t>(to)))
        .value_or(0);
}

struct Shift {
    std::size_t series = 0, at = 0;  // the first month of the new level
    double before = 0, jump = 0;     // robust level before; the smaller of the first two months' distances from it
    double strength = 0;             // the jump in robust standard deviations
    // What the forecast engine said of the months from `at` on.
    std::vector<Judged> judged;
    double p = 1;
};

// Months where the series steps off its level of the last year for at least two months.
std::vector<Shift> steps_of(const MoneySeries& series, std::size_t which) {
    std::vector<Shift> found;
    const auto& x = series.total;
    bool stepped = false;
    for (std::size_t t = least_before; t + 1 < x.size(); ++t) {
        const std::size_t from = t > year ? t - year : 0;
        const double level = median_of(x, from, t);
        std::vector<double> distances;
        std::size_t active = 0;
        for (std::size_t i = from; i < t; ++i) distances.push_back(std::abs(x[i] - level)), active += x[i] > 0;
        const double first = x[t] - level, second = x[t + 1] - level;
        const double jump = std::min(std::abs(first), std::abs(second));
        const double scatter = std::max(1.4826 * timeseries::median(std::move(distances)).value_or(0), 0.02 * level);
        const bool steps_off = level > 0 && 4 * active >= 3 * (t - from) && first * second > 0 &&
                               jump >= least_change * level && jump > 3 * scatter;
        if (steps_off && !stepped) found.push_back({which, t, level, first > 0 ? jump : -jump, jump / scatter, {}, 1});
        stepped = steps_off;
    }
    return found;
}

// The chance of two such months in a row. Errors of neighbouring months go together in part (the level that both start
// from is not known exactly), so the second counts by half of its evidence.
double both(double first, double second) { return std::max(first, second) * std::sqrt(std::min(first, second)); }

// The same months were as high (or low) a year ago, or are again a year later while the level between has come back.
bool is_season(const MoneySeries& series, const Shift& shift) {
    const auto& x = series.total;
    const double half = shift.before + shift.jump / 2;
    const auto beyond = [&](std::size_t i) { return shift.jump > 0 ? x[i] > half : x[i] < half; };
    const std::size_t t = shift.at;
    if (t >= year && (beyond(t - year) || beyond(t + 1 - year))) return true;
    if (t + year >= x.size()) return false;
    bool came_back = false;
    for (std::size_t i = t + 2; i + 2 < t + year; ++i) came_back = came_back || !beyond(i);
    return came_back && beyond(t + year);
}

// One row that does not belong to a month is the row test's business: without the largest row of each month the
// series would not have left its interval.
bool is_rows(const MoneySeries& series, const Shift& shift) {
    if (shift.jump < 0) return false;
    std::size_t explained = 0, several = 0;
    const std::size_t shown = shift.judged.size();
    for (std::size_t k = 0; k < shown; ++k) {
        const std::size_t t = shift.at + k;
        several += series.rows[t] >= 3;
        explained += series.total[t] - series.largest[t] <= shift.judged[k].high95();
    }
    return several == shown && explained + 1 >= shown && shown > 0;
}

// A cost that rose with revenue: at least half of its own rise.
bool follows_revenue(const MoneySeries& series, const MoneySeries& revenue, const Shift& shift) {
    if (series.inflow || shift.jump < 0) return false;
    const std::size_t from = shift.at > year ? shift.at - year : 0;
    const double before = median_of(revenue.total, from, shift.at);
    if (before <= 0) return false;
    const double after = (revenue.total[shift.at] + revenue.total[shift.at + 1]) / 2;
    return after / before - 1 >= 0.5 * shift.jump / shift.before;
}

std::size_t months_held(const MoneySeries& series, const Shift& shift) {
    const double half = shift.before + shift.jump / 2;
    std::size_t t = shift.at;
    while (t < series.total.size() && (shift.jump > 0 ? series.total[t] > half : series.total[t] < half)) ++t;
    return t - shift.at;
}

// A payee that is paid no more: nothing new where it has a recurring series (missing_recurring tells of those), and no
// new level where it is paid again after two months.
bool is_end_told_elsewhere(const Setting& setting, const MoneySeries& series, const Shift& shift) {
    if (series.scope != Scope::counterparty || series.total[shift.at] > 0 || series.total[shift.at + 1] > 0)
        return false;
    if (shift.at + 2 < series.total.size() && series.total[shift.at + 2] > 0) return true;
    return std::any_of(setting.recurring.begin(), setting.recurring.end(),
                       [&](const ledger::RecurringSeries& one) { return one.counterparty == series.code; });
}

// Money that only went from one payee of a category to another: the category itself did not move by half as much.
bool moves_within_category(const std::vector<MoneySeries>& all, const Shift& shift) {
    const MoneySeries& series = all[shift.series];
    if (series.scope != Scope::counterparty) return false;
    const auto own = std::find_if(all.begin(), all.end(), [&](const MoneySeries& other) {
        return other.scope == Scope::category && other.code == series.category;
    });
    const MoneySeries& whole = own != all.end() ? *own : all[series.inflow ? 0 : 1];
    const double before = median_of(whole.total, shift.at > year ? shift.at - year : 0, shift.at);
    const double after = (whole.total[shift.at] + whole.total[shift.at + 1]) / 2;
    return (after - before) * (shift.jump > 0 ? 1 : -1) < std::abs(shift.jump) / 2;
}

// Good news, what has an innocent reading and what another engine tells are for information.
Severity gravest(const std::vector<MoneySeries>& all, const Shift& shift) {
    const MoneySeries &series = all[shift.series], &revenue = all.front();
    const bool rises = shift.jump > 0, ended = series.total[shift.at] <= 0 && series.total[shift.at + 1] <= 0;
    if (series.inflow == rises) return Severity::low;  // more revenue, less expense
    if (ended && (series.scope == Scope::category || series.scope == Scope::counterparty)) return Severity::low;
    // People are hired and let go on purpose; what they cost is the business of the risks.
    const auto rows = std::accumulate(series.rows.begin(), series.rows.end(), std::size_t{0},
                                      [](std::size_t sum, int n) { return sum + static_cast<std::size_t>(n); });
    if (2 * series.payroll > rows && series.scope >= Scope::category) return Severity::low;
    if (follows_revenue(series, revenue, shift) || moves_within_category(all, shift)) return Severity::low;
    // Before two full years a season cannot be told from a shift, until it has lasted longer than seasons do.
    if (shift.at < 2 * year && months_held(series, shift) < 3) return Severity::low;
    return Severity::high;
}

Finding finding_of(const Setting& setting, const std::vector<MoneySeries>& all, const Shift& shift) {
    const MoneySeries& series = all[shift.series];
    Finding finding;
    finding.kind = Kind::level_shift;
    const ledger::Month month = setting.monthly.month(shift.at);
    finding.booked_on = ledger::first_day(month);
    const double sign = series.inflow ? 1 : -1;
    const Judged& first = shift.judged.front();
    finding.amount = money_of(sign * series.total[shift.at]);
    finding.expected = money_of(sign * first.predicted);
    finding.category = series.category;
    if (series.scope == Scope::counterparty) finding.counterparty = series.code;
    finding.p = shift.p;
    double off_in_all = 0, least = std::abs(shift.jump);
    for (std::size_t k = 0; k < shift.judged.size(); ++k) {
        const double off = std::abs(series.total[shift.at + k] - shift.judged[k].predicted);
        off_in_all += off, least = std::min(least, off);
    }
    weigh(finding, setting, off_in_all, least, {5e-4, 0.1, 0.5, 1e9, gravest(all, shift)});

    const std::size_t held = std::max<std::size_t>(2, months_held(series, shift));
    const auto name = name_of(series, setting.ledger);
    const auto money = [](double value, risk::Language language) { return risk::money_words(value, language); };
    const auto en = [&](double value) { return money(value, risk::Language::en); };
    const auto ru = [&](double value) { return money(value, risk::Language::ru); };
    const double low = std::max(0.0, first.low95()), high = first.high95();
    const std::string at = ledger::month_text(month);
    finding.reason_en = name.en + " moved to a new level in " + at + ": the months before let expect " +
                        en(first.predicted) + " (95% interval " + en(low) + " to " + en(high) + "), it was " +
                        en(series.total[shift.at]) + " and " + en(series.total[shift.at + 1]) +
                        " the month after; it has held for " +
                        risk::months_words(static_cast<double>(held), risk::Language::en) + ".";
    finding.reason_ru = name.ru + ": новый уровень с " + at + "; по прежним месяцам ожидалось " + ru(first.predicted) +
                        " (95-процентный интервал от " + ru(low) + " до " + ru(high) + "), было " +
                        ru(series.total[shift.at]) + ", через месяц " + ru(series.total[shift.at + 1]) + "; держится " +
                        risk::months_words(static_cast<double>(held), risk::Language::ru) + ".";
    return finding;
}

// Is `part` inside `whole`, and did it move the same way at the same time?
bool is_part(const Shift& whole, const Shift& part, const std::vector<MoneySeries>& all) {
    const MoneySeries &a = all[whole.series], &b = all[part.series];
    if (b.scope <= a.scope || b.scope < Scope::category || a.inflow != b.inflow) return false;
    if (a.scope == Scope::category && b.category != a.code) return false;
    const auto apart = whole.at > part.at ? whole.at - part.at : part.at - whole.at;
    return apart <= 1 && part.jump * whole.jump > 0;
}

// One move is told once. Where one part makes most of it, by the part, which says more; a total also where its
// categories together do; else by the whole.
std::vector<Shift> told_once(const std::vector<Shift>& shifts, const std::vector<MoneySeries>& all) {
    constexpr double most_of_it = 0.6;
    std::vector<bool> left_out(shifts.size(), false);
    for (std::size_t i = 0; i < shifts.size(); ++i) {
        const double whole = most_of_it * std::abs(shifts[i].jump);
        double categories = 0, largest = 0;
        for (const Shift& part : shifts) {
            if (!is_part(shifts[i], part, all)) continue;
            largest = std::max(largest, std::abs(part.jump));
            if (all[part.series].scope == Scope::category) categories += std::abs(part.jump);
        }
        left_out[i] = largest >= whole || (all[shifts[i].series].scope < Scope::category && categories >= whole);
    }
    std::vector<Shift> told;
    for (std::size_t i = 0; i < shifts.size(); ++i) {
        // Parts of a whole that is told, or of a whole that a larger part tells, say nothing new.
        bool inside = left_out[i];
        for (std::size_t k = 0; k < shifts.size() && !inside; ++k)
            inside = is_part(shifts[k], shifts[i], all) &&
                     (!left_out[k] || (all[shifts[k].series].scope == Scope::category &&
                                       std::abs(shifts[i].jump) < most_of_it * std::abs(shifts[k].jump)));
        if (!inside) told.push_back(shifts[i]);
    }
    return told;
}

}  // namespace

Findings level_shift(const Setting& setting) {
    Findings found;
    const double floor = least_share * setting.month_expenses * setting.strict(Kind::level_shift);
    const auto all = money_series(setting, most_categories, most_counterparties, floor / 2);
    if (all.empty() || all.front().total.size() < least_before + 2) return found;

    std::vector<Shift> steps_found;
    std::array<double, 4> examined{};  // by scope
    for (std::size_t i = 0; i < all.size(); ++i) {
        setting.check();
        examined[static_cast<std::size_t>(all[i].scope)] += median_of(all[i].total, 0, all[i].total.size()) > 0;
        for (Shift& shift : steps_of(all[i], i))
            if (std::abs(shift.jump) >= floor && !is_season(all[i], shift)) steps_found.push_back(std::move(shift));
    }
    // The engine's time goes to the clearest steps.
    std::stable_sort(steps_found.begin(), steps_found.end(),
                     [](const Shift& a, const Shift& b) { return a.strength > b.strength; });
    if (steps_found.size() > most_judged) steps_found.resize(most_judged);
    // A new level can begin in any month; neighbouring months say the same, so that a third of them count. Each scope
    // has its own quarter of the error rate: many counterparties do not drown the two totals.
    const double months = std::max(1.0, static_cast<double>(all.front().total.size() - least_before) / 3);
    std::vector<Shift> shifts;
    for (Shift& shift : steps_found) {
        setting.check();
        const std::span<const double> x(all[shift.series].total);
        auto judged = judge(x.first(shift.at), 12, x.subspan(shift.at, std::min(steps, x.size() - shift.at)));
        if (!judged) continue;
        shift.judged = std::move(*judged);
        const bool same_side = (x[shift.at] - shift.judged[0].predicted) * shift.jump > 0 &&
                               (x[shift.at + 1] - shift.judged[1].predicted) * shift.jump > 0;
        if (!same_side) continue;
        const auto scope = static_cast<std::size_t>(all[shift.series].scope);
        shift.p = of_many(both(shift.judged[0].p, shift.judged[1].p),
                          static_cast<double>(examined.size()) * examined[scope] * months);
        if (shift.p * setting.strict(Kind::level_shift) > listed_p || is_rows(all[shift.series], shift)) continue;
        if (is_end_told_elsewhere(setting, all[shift.series], shift)) continue;
        shifts.push_back(std::move(shift));
    }
    for (const Shift& shift : told_once(shifts, all)) found.push_back(finding_of(setting, all, shift));
    return found;
}

}  // namespace fin::anomaly::series
