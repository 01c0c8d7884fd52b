#include "metrics/tallies.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace fin::metrics {

using namespace ledger;

namespace {

// Categories by which people say that there is none; compared without ASCII case.
bool says_uncategorised(std::string_view text) {
    constexpr std::array<std::string_view, 7> words = {"uncategorized", "uncategorised", "unknown",      "n/a",
                                                       "none",          "без категории", "Без категории"};
    return std::ranges::any_of(words, [&](std::string_view word) {
        return std::ranges::equal(text, word, [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 'a' - 'A') : a) == b || a == b;
        });
    });
}

}  // namespace

Tallies::Tallies(const Facts& facts, const InterruptCheck& check)
    : months(facts.monthly.months.size()),
      payers(facts.ledger.counterparties.size()),
      vendors(facts.ledger.counterparties.size()),
      categories(facts.ledger.categories.size()) {
    if (facts.ledger.empty()) {
        sale_begin.assign(1, 0);
        return;
    }
    count_rows(facts, check);
    count_payers(facts, check);
    follow_cash(facts.ledger, check);
    check();
    count_recurring(facts);
    check();
    duplicate_candidates = count_duplicates(facts.ledger, check);
}

void Tallies::count_rows(const Facts& facts, const InterruptCheck& check) {
    const Ledger& rows = facts.ledger;
    std::vector<char> named(rows.categories.size());
    for (std::size_t i = 0; i < named.size(); ++i)
        named[i] = !says_uncategorised(rows.categories.text(static_cast<Code>(i)));

    Pulse pulse(check);
    const auto complete = static_cast<std::size_t>(facts.monthly.complete);
    const std::size_t t12 = complete < 12 ? 0 : complete - 12;
    std::size_t month = 0;
    Day month_end = last_day(facts.monthly.first);
    sale_begin.assign(1, 0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        pulse();
        while (rows.day[i] > month_end) {
            sale_begin.push_back(sale.size());
            month_end = last_day(facts.monthly.month(++month));
        }
        const Money amount = rows.amount[i];
        const Kind kind = rows.kind[i];
        turnover += amount.abs();
        if (rows.category[i] == no_code || !named[static_cast<std::size_t>(rows.category[i])])
            uncategorised += amount.abs(), ++uncategorised_rows;
        if (kind == Kind::revenue && amount.units > 0) sale.push_back(amount), ++months[month].sales;
        if (kind == Kind::debt && amount.units < 0) months[month].debt_repaid += -amount;
        if (kind == Kind::interest && amount.units < 0) months[month].interest_paid += -amount;
        if (kind == Kind::cogs) has_cogs = true;
        if (month >= complete) continue;
        if (is_income(kind)) {
            payers.all.add(rows.counterparty[i], amount);
            if (month >= t12) payers.t12.add(rows.counterparty[i], amount);
        } else if (is_expense(kind)) {
            vendors.all.add(rows.counterparty[i], -amount);
            categories.all.add(rows.category[i], -amount);
            if (month >= t12) {
                vendors.t12.add(rows.counterparty[i], -amount);
                categories.t12.add(rows.category[i], -amount);
            }
        }
    }
    sale_begin.resize(months.size() + 1, sale.size());
}

// last_paid remembers for each payer the latest month with a payment, by_last how many payers share it: those who
// last paid one to three months ago are the lost ones of a month, without walking over all payers each month.
void Tallies::count_payers(const Facts& facts, const InterruptCheck& check) {
    constexpr int never = -1;
    const Ledger& rows = facts.ledger;
    const auto complete = static_cast<std::size_t>(facts.monthly.complete);
    std::vector<int> last_paid(rows.counterparties.size(), never);
    std::vector<int> by_last(months.size());
    struct Around {
        bool t3 = false, before = false, earlier = false;
    };
    std::vector<Around> around(rows.counterparties.size());

    Pulse pulse(check);
    std::size_t month = 0;
    const auto close = [&](std::size_t m) {
        for (std::size_t back = 1; back <= 3 && back <= m; ++back) months[m].payers.lost += by_last[m - back];
    };
    Day month_end = last_day(facts.monthly.first);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        pulse();
        while (rows.day[i] > month_end) {
            close(month);
            month_end = last_day(facts.monthly.month(++month));
        }
        if (rows.kind[i] != Kind::revenue || rows.amount[i].units <= 0 || rows.counterparty[i] == no_code) continue;
        const auto payer = static_cast<std::size_t>(rows.counterparty[i]);
        const int now = static_cast<int>(month), last = last_paid[payer];
        if (last != now) {
            Payers& count = months[month].payers;
            ++count.active;
            if (last == never || now - last > 3) ++count.fresh, count.returned += last != never;
            if (last != never) --by_last[static_cast<std::size_t>(last)];
            ++by_last[month];
            last_paid[payer] = now;
        }
        if (month >= complete) continue;
        Around& seen = around[payer];
        const std::size_t to_end = complete - month;  // 1..3: T3, 4..6: the three months before
        (to_end <= 3 ? seen.t3 : to_end <= 6 ? seen.before : seen.earlier) = true;
    }
    close(month);
    for (const Around& seen : around) {
        payers_t3.active += seen.t3;
        payers_t3.fresh += seen.t3 && !seen.before;
        payers_t3.returned += seen.t3 && !seen.before && seen.earlier;
        payers_t3.lost += seen.before && !seen.t3;
    }
}

void Tallies::follow_cash(const Ledger& rows, const InterruptCheck& check) {
    Pulse pulse(check);
    MoneySum balance;
    balance += rows.opening.value_or(Money{});
    Money peak = balance.money();
    Day peak_day = rows.day.front();
    cash.peak = cash.trough = peak;
    cash.peak_day = cash.trough_day = peak_day;
    Wide greatest_fall = 0;
    bool first = true;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        pulse();
        balance += rows.amount[i];
        if (i + 1 < rows.size() && rows.day[i + 1] == rows.day[i]) continue;  // ends of days only
        const Money now = balance.money();
        if (first || now < cash.least) cash.least = now, cash.least_day = rows.day[i];
        first = false;
        if (now > peak) peak = now, peak_day = rows.day[i];
        if (const Wide fall = Wide{peak.units} - now.units; fall > greatest_fall) {
            greatest_fall = fall;
            cash.peak = peak, cash.peak_day = peak_day;
            cash.trough = now, cash.trough_day = rows.day[i];
        }
    }
}

void Tallies::count_recurring(const Facts& facts) {
    const Ledger& rows = facts.ledger;
    for (const RecurringSeries& series : facts.recurring)
        for (const std::uint32_t row : series.rows) {
            MonthTally& month = months[static_cast<std::size_t>(month_of(rows.day[row]) - facts.monthly.first)];
            if (is_income(rows.kind[row])) month.recurring_revenue += rows.amount[row];
            if (is_expense(rows.kind[row])) month.recurring_expense += -rows.amount[row];
        }
}

}  // namespace fin::metrics
