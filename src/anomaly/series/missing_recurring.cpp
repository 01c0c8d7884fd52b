// missing_recurring: a payment that a steady series lets expect and that nobody made, nor anything in its place.
#include <algorithm>
#include <array>
#include <cmath>

#include "anomaly/series/payments.hpp"
#include "anomaly/series/tests.hpp"
#include "anomaly/series/weigh.hpp"
#include "anomaly/words.hpp"
#include "risk/wording.hpp"

namespace fin::anomaly::series {

namespace {

using ledger::Cadence;
using ledger::Day;
using ledger::Kind;
using ledger::RecurringSeries;
using ledger::SeriesState;

constexpr double least_share = 0.005;  // of a month's expenses; less is not worth a line
constexpr double least_grave = 0.01;   // from where on it may be medium
constexpr double large = 0.03;         // series that share the error rate; small ones come by the dozen
constexpr double least_ended = 0.02;   // and of what has probably ended
constexpr double listed_p = 0.2;       // over all series of the ledger
constexpr Day told_after_end = 366;    // what ended longer ago is history
constexpr std::size_t least_payments = 5;
constexpr std::size_t most_slips = 2;   // a series that skips oftener is not expected to be there
constexpr std::size_t most_named = 50;  // findings; recurring series come by size

// Rows of the counterparties that have a series, in order of day.
class RowsOf {
public:
    RowsOf(const Setting& setting) : place_(setting.ledger.counterparties.size(), -1) {
        for (const RecurringSeries& series : setting.recurring) {
            int& place = place_[static_cast<std::size_t>(series.counterparty)];
            if (place < 0) place = static_cast<int>(rows_.size()), rows_.emplace_back();
        }
        if (rows_.empty()) return;
        Pulse pulse(setting.check);
        for (std::size_t row = 0; row < setting.ledger.size(); ++row) {
            pulse();
            const ledger::Code code = setting.ledger.counterparty[row];
            if (code == ledger::no_code) continue;
            if (const int place = place_[static_cast<std::size_t>(code)]; place >= 0)
                rows_[static_cast<std::size_t>(place)].push_back(static_cast<std::uint32_t>(row));
        }
    }
    const std::vector<std::uint32_t>& operator()(ledger::Code code) const {
        return rows_[static_cast<std::size_t>(place_[static_cast<std::size_t>(code)])];
    }

private:
    std::vector<int> place_;
    std::vector<std::vector<std::uint32_t>> rows_;
};

struct Slip {
    Day from = 0, due = 0, until = 0;  // the payment before, when the next was due, and until when it may have come
    int missed = 1;
    bool at_end = false;
};

// Whole periods; one and three quarters are two, less is one that was late.
int periods_in(Day days, Cadence cadence) { return static_cast<int>(std::floor(days / cadence_days(cadence) + 0.25)); }

// As many payments as periods between some payments before and after the pause: one of them was only late or early.
bool only_moved(const std::vector<Payment>& payments, std::size_t after, Cadence cadence) {
    constexpr std::size_t reach = 4;
    for (std::size_t a = after > reach ? after - reach : 0; a < after; ++a)
        for (std::size_t b = after; b < std::min(payments.size(), after + reach); ++b)
            if (periods_in(payments[b].day - payments[a].day, cadence) <= static_cast<int>(b - a)) return true;
    return false;
}

std::vector<Slip> slips_of(const Setting& setting, const RecurringSeries& series,
                           const std::vector<Payment>& payments) {
    std::vector<Slip> slips;
    for (std::size_t i = 1; i < payments.size(); ++i) {
        const int periods = periods_in(payments[i].day - payments[i - 1].day, series.cadence);
        if (periods < 2 || only_moved(payments, i, series.cadence)) continue;
        const Day due = due_after(payments[i - 1].day, series.cadence);
        slips.push_back({payments[i - 1].day, due, payments[i].day - 1, periods - 1, false});
    }
    if (series.state != SeriesState::active) {
        const Day end = setting.ledger.day.back();
        const int missed = 1 + std::max(0, periods_in(end - series.next, series.cadence) - 1);
        slips.push_back({series.last, series.next, end, missed, true});
    }
    return slips;
}

// A payee that goes by another name now, or whose payment was booked under the name of a bank: the same amount about
// the day it was due. A colleague with an equal salary is none: he was paid the month before as well.
bool paid_under_another_name(const ledger::Ledger& ledger, const RecurringSeries& series, const Slip& slip) {
    const double usual = std::abs(series.median_amount.value());
    const Day reach = static_cast<Day>(std::min(15.0, cadence_days(series.cadence) / 2));
    const auto from = std::lower_bound(ledger.day.begin(), ledger.day.end(), slip.due - reach);
    for (auto row = static_cast<std::size_t>(from - ledger.day.begin());
         row < ledger.size() && ledger.day[row] <= slip.due + reach; ++row) {
        const double amount = ledger.amount[row].value();
        if ((amount > 0) != series.inflow || ledger.counterparty[row] == series.counterparty) continue;
        const bool same_category = ledger.category[row] == series.category && series.category != ledger::no_code;
        if (std::abs(std::abs(amount) - usual) > (same_category ? 0.05 : 0.0005) * usual) continue;
        bool known = false;
        for (std::size_t k = row; k > 0 && ledger.day[k - 1] >= ledger.day[row] - 40 && !known; --k)
            known = ledger.counterparty[k - 1] == ledger.counterparty[row];
        if (!known) return true;
    }
    return false;
}

// Was it paid after all: another amount, another account, twice the next time, the same amount under
// another name, or is it there with the wrong sign (which the tests of rows tell)?
bool settled(const Setting& setting, const RecurringSeries& series, const std::vector<Payment>& payments,
             const Slip& slip, const std::vector<std::uint32_t>& rows) {
    const ledger::Ledger& ledger = setting.ledger;
    const double usual = std::abs(series.median_amount.value());
    for (const std::uint32_t row : rows) {
        const Day day = ledger.day[row];
        if (day <= slip.from || day > slip.until) continue;
        const double amount = ledger.amount[row].value();
        if ((amount > 0) == series.inflow ? std::abs(amount) >= usual / 4
                                          : std::abs(std::abs(amount) - usual) <= 0.05 * usual)
            return true;
    }
    const auto next =
        std::find_if(payments.begin(), payments.end(), [&](const Payment& p) { return p.day > slip.until; });
    if (next != payments.end()) {
        if (std::abs(next->amount) >= 1.7 * usual) return true;
    }
    return !series.variable && paid_under_another_name(setting.ledger, series, slip);
}

// Rows go on around the day: where the whole ledger pauses that is a gap, and no payment of its own is missing.
bool goes_on_around(const ledger::Ledger& ledger, Day day) {
    constexpr Day reach = 10;
    const auto booked = [&](Day from, Day to) {
        return static_cast<double>(std::upper_bound(ledger.day.begin(), ledger.day.end(), to) -
                                   std::lower_bound(ledger.day.begin(), ledger.day.end(), from));
    };
    const double usual = static_cast<double>(ledger.size()) * reach / (ledger.day.back() - ledger.day.front() + 1);
    return booked(day - reach, day - 1) >= usual / 4 && booked(day, day + reach - 1) >= usual / 4;
}

// Whose amounts may vary and who are paid all the same.
bool is_due_anyway(Kind kind) {
    return kind == Kind::tax || kind == Kind::interest || kind == Kind::debt || kind == Kind::payroll;
}

// Taxes and instalments do not end because someone changed the supplier.
bool is_obligation(Kind kind) { return kind == Kind::tax || kind == Kind::interest || kind == Kind::debt; }

void word(Finding& finding, const Setting& setting, const RecurringSeries& series, const Slip& slip) {
    const auto name = setting.ledger.counterparties.text(series.counterparty);
    const double usual = std::abs(series.median_amount.value());
    const std::string en = risk::money_words(usual, risk::Language::en),
                      ru = risk::money_words(usual, risk::Language::ru);
    const std::string hits = std::to_string(series.hits);
    finding.reason_en = "The " + std::string(ledger::name(series.cadence)) + " payment of about " + en +
                        (series.inflow ? " from " : " to ") + risk::quoted(name, risk::Language::en) + " (" + hits +
                        " so far) was due on " + day_text(slip.due, Language::en) + " and is not there";
    finding.reason_ru = "Платёж (" + cadence_ru(series.cadence) + ") около " + ru +
                        (series.inflow ? " от " : " в пользу ") + risk::quoted(name, risk::Language::ru) +
                        " (всего было: " + hits + ") ожидался " + day_text(slip.due, Language::ru) + ", и его нет";
    if (slip.at_end && series.state == SeriesState::ended) {
        finding.reason_en +=
            "; the last one was on " + day_text(slip.from, Language::en) + ", so it has probably ended.";
        finding.reason_ru += "; последний был " + day_text(slip.from, Language::ru) + ", похоже, он прекратился.";
    } else if (slip.at_end) {
        finding.reason_en += "; the last one was on " + day_text(slip.from, Language::en) + ".";
        finding.reason_ru += "; последний был " + day_text(slip.from, Language::ru) + ".";
    } else {
        finding.reason_en += ", though later ones are; nothing made up for it.";
        finding.reason_ru += ", хотя следующие есть; ничем другим он не восполнен.";
    }
}

}  // namespace

Findings missing_recurring(const Setting& setting) {
    const ledger::Ledger& ledger = setting.ledger;
    Findings found;
    if (setting.recurring.empty()) return found;
    const RowsOf rows_of(setting);
    const Day end = ledger.day.back();

    struct Candidate {
        const RecurringSeries* series;
        Slip slip;
        std::size_t own_slips, payments;
        bool steady;
    };
    std::vector<Candidate> candidates;
    // How often payments stay out in this ledger, by direction and steadiness (a fixed amount, or what is
    // due anyway): a rent is no customer.
    struct Habit {
        double gaps = 0, slips = 0;
        double series = 0;  // of the large ones
    };
    std::array<Habit, 4> habits;
    const auto habit_of = [](const RecurringSeries& series, bool steady) {
        return static_cast<std::size_t>(2 * series.inflow + steady);
    };
    Pulse pulse(setting.check, 16);
    for (const RecurringSeries& series : setting.recurring) {
        pulse();
        const auto payments = payments_of(ledger, series);
        const auto& rows = rows_of(series.counterparty);
        auto slips = slips_of(setting, series, payments);
        std::erase_if(slips, [&](const Slip& slip) {
            return settled(setting, series, payments, slip, rows) || !goes_on_around(ledger, slip.due);
        });
        const bool fixed = !series.variable && std::abs(static_cast<double>(series.mad.units)) <=
                                                   0.05 * std::abs(static_cast<double>(series.median_amount.units));
        const bool steady = fixed || (!series.inflow && is_due_anyway(series.kind));
        Habit& habit = habits[habit_of(series, steady)];
        habit.gaps += static_cast<double>(payments.size() - 1), habit.slips += static_cast<double>(slips.size());
        habit.series += std::abs(series.median_amount.value()) >= large * setting.month_expenses;
        if (slips.empty() || slips.size() > most_slips || series.early) continue;
        const Slip& last = slips.back();
        if (series.state == SeriesState::ended && last.at_end && end - last.due > told_after_end) continue;
        candidates.push_back({&series, last, slips.size(), payments.size(), steady});
    }
    const double floor = least_share * setting.month_expenses, floor_ended = least_ended * setting.month_expenses;
    for (const Candidate& candidate : candidates) {
        const RecurringSeries& series = *candidate.series;
        const Slip& slip = candidate.slip;
        const double usual = series.median_amount.value();
        const bool ended = slip.at_end && series.state == SeriesState::ended;
        if (found.size() >= most_named) break;
        if (std::abs(usual) < (ended ? floor_ended : floor) || candidate.payments < least_payments) continue;
        Finding finding;
        finding.kind = anomaly::Kind::missing_recurring;
        finding.booked_on = slip.due;
        finding.amount = finding.expected = series.median_amount;
        finding.category = series.category, finding.counterparty = series.counterparty;
        // The chance of a slip: that of the series itself, drawn to that of all series of the ledger, which starts from
        // one in 1,000 where the ledger has shown none.
        constexpr double pull = 20;
        const double own = static_cast<double>(candidate.own_slips) - 1;
        const Habit& habit = habits[habit_of(series, candidate.steady)];
        const double others = (habit.slips - static_cast<double>(candidate.own_slips) + 0.5) / (habit.gaps + 500);
        const double once = (own + pull * others) / (static_cast<double>(candidate.payments) + pull);
        // Who stays out once stays out again: further payments say less than the first.
        const double p = std::min(once, 1.0) * std::pow(0.5, std::min(slip.missed, 4) - 1);
        // Each of the four habits has its share of the error rate, that of steady debts half of it.
        const double shares = candidate.steady && !series.inflow ? 2 : 6;
        finding.p = of_many(p, shares * std::max(1.0, habit.series));
        if (!ended && finding.p * setting.strict(anomaly::Kind::missing_recurring) > listed_p) continue;
        // What ended needs no payment, and what is overdue may have ended. A payment that stayed out and came again is
        // none of both.
        const bool may_have_ended =
            slip.at_end && !(is_obligation(series.kind) && series.state == SeriesState::overdue);
        const bool sure = candidate.steady && candidate.payments >= 9 && own == 0 && !may_have_ended;
        // A company knows whom it owes; customers skip a month more easily.
        const double line = series.inflow ? 0.001 : 0.05;
        weigh(finding, setting, ended ? usual : usual * slip.missed, usual,
              {line, least_grave, 0.5, 1e9, sure ? Severity::high : Severity::low});
        word(finding, setting, series, slip);
        found.push_back(std::move(finding));
    }
    return found;
}

}  // namespace fin::anomaly::series
