// Sums the robust flows by month, category and counterparty.
#include "risk/picture.hpp"

#include <algorithm>
#include <cmath>

namespace fin::risk {

namespace {

using ledger::Kind;
using ledger::Month;

// Beyond ten years a ledger says nothing more about risks of today.
constexpr int longest = 120;

bool is_spread(const ledger::RecurringSeries& series) {
    return !series.inflow && series.cadence == ledger::Cadence::yearly && !series.rows.empty();
}

}  // namespace

Picture::Picture(const metrics::Facts& given, const InterruptCheck& check)
    : facts(given),
      usual_expenses(ledger::usual_expenses(given.monthly)),
      flows(robust_flows(given.ledger, usual_expenses, check, given.anomalies)),
      n(std::clamp(given.monthly.complete, 0, longest)) {
    check();
    for (auto* series : {&revenue, &cogs, &opex, &payroll, &tax, &interest, &capex, &burn_booked})
        series->assign(at(n), 0.0);
    parties.resize(facts.ledger.counterparties.size());
    if (n == 0) return;
    add_rows(check);
    burn = burn_booked;
    spread_yearly(check);
    season_strong_ = n >= 15 && season_is_strong(revenue);
}

void Picture::add_rows(const InterruptCheck& check) {
    const ledger::Ledger& ledger = facts.ledger;
    const Month first = last() - n + 1;
    std::vector<int> index(ledger.categories.size(), -1);
    // Spread over their year, yearly payments are not the largest of a quarter.
    std::vector<std::uint32_t> yearly;
    for (const auto& series : facts.recurring)
        if (is_spread(series)) yearly.insert(yearly.end(), series.rows.begin(), series.rows.end());
    check();
    std::ranges::sort(yearly);
    check();
    Pulse pulse(check);
    Month month = 0;
    ledger::Day month_ends = -1;
    bool started = false;
    for (std::size_t i = 0; i < ledger.size(); ++i) {
        pulse();
        if (!started || ledger.day[i] > month_ends) {
            started = true;
            month = ledger::month_of(ledger.day[i]);
            month_ends = ledger::last_day(month);
        }
        if (month < first) continue;
        const double amount = flows.amount[i];
        if (amount == 0) continue;
        const Kind kind = flows.kind[i];
        const int m = month - first;  // n and more: after the last complete month
        const auto code = ledger.counterparty[i];
        PartyTotals* party = code >= 0 ? &parties[static_cast<std::size_t>(code)] : nullptr;
        if (m >= n) {
            if (party && ledger::is_income(kind)) party->revenue_after += amount;
            continue;
        }
        if (kind != Kind::transfer && kind != Kind::equity && kind != Kind::debt) burn_booked[at(m)] -= amount;
        if (ledger::is_income(kind)) {
            revenue[at(m)] += amount;
            if (!party) continue;
            if (m >= n - 12) party->revenue_t12 += amount;
            if (m >= n - 3) {
                party->revenue_t3 += amount;
            } else if (m >= n - 15) {
                party->revenue_p12 += amount;
                if (amount > 0) party->active_p12 |= static_cast<std::uint16_t>(1u << (m - (n - 15)));
            }
            continue;
        }
        switch (kind) {
            case Kind::cogs: cogs[at(m)] -= amount; break;
            case Kind::opex: opex[at(m)] -= amount; break;
            case Kind::payroll: payroll[at(m)] -= amount; break;
            case Kind::tax: tax[at(m)] -= amount; break;
            case Kind::interest: interest[at(m)] -= amount; break;
            case Kind::capex: capex[at(m)] -= amount; break;
            default: break;
        }
        if (party && (kind == Kind::cogs || kind == Kind::opex || kind == Kind::capex || kind == Kind::interest)) {
            if (m >= n - 12) party->spending_t12 -= amount;
            if (m >= n - 3) party->spending_t3 -= amount;
            if (m >= n - 3 && kind == Kind::cogs) party->cogs_t3 -= amount;
        }
        if (!ledger::is_expense(kind) || flows.category[i] < 0) continue;
        int& place = index[static_cast<std::size_t>(flows.category[i])];
        if (place < 0) {
            place = static_cast<int>(categories.size());
            categories.push_back({flows.category[i], kind, std::vector<double>(at(n), 0.0)});
        }
        CategoryMonths& category = categories[at(place)];
        category.month[at(m)] -= amount;
        if (m < n - 15 || amount >= 0 || -amount <= category.next) continue;
        if (std::ranges::binary_search(yearly, static_cast<std::uint32_t>(i))) continue;
        if (m >= n - 3 && -amount > category.largest_t3) {
            category.next = std::max(category.next, category.largest_t3);
            category.largest_t3 = -amount;
        } else {
            category.next = std::max(category.next, -amount);
        }
    }
}

// A payment for a year is a twelfth of it in each of its 12 months; what came before the first one cost as much.
void Picture::spread_yearly(const InterruptCheck& check) {
    const ledger::Ledger& ledger = facts.ledger;
    const Month first = last() - n + 1;
    for (const auto& series : facts.recurring) {
        if (!is_spread(series)) continue;
        check();
        const std::size_t row = series.rows.front();
        const Kind kind = flows.kind[row];
        if (!ledger::is_expense(kind)) continue;
        std::vector<double>& of_kind = kind == Kind::cogs ? cogs : kind == Kind::opex ? opex : payroll;
        const auto category = std::ranges::find(categories, flows.category[row], &CategoryMonths::category);
        std::vector<double> change(at(n), 0.0);
        int covered = 0;  // months from here on have their twelfth
        for (std::size_t k = 0; k < series.rows.size(); ++k) {
            const std::size_t i = series.rows[k];
            const int m = ledger::month_of(ledger.day[i]) - first;
            const double cost = -flows.amount[i];
            if (m >= 0 && m < n) change[at(m)] -= cost;
            // Until the next payment, so that no month carries two.
            const int next =
                k + 1 < series.rows.size() ? ledger::month_of(ledger.day[series.rows[k + 1]]) - first : m + 12;
            for (int to = k == 0 ? 0 : std::max(0, covered); to < std::min(n, next); ++to) change[at(to)] += cost / 12;
            covered = next;
        }
        for (int m = 0; m < n; ++m) {
            of_kind[at(m)] += change[at(m)];
            burn[at(m)] += change[at(m)];
            if (category != categories.end()) category->month[at(m)] += change[at(m)];
        }
    }
}

std::vector<double> Picture::all_expenses() const {
    std::vector<double> all(at(n));
    for (int m = 0; m < n; ++m) all[at(m)] = expenses(m);
    return all;
}

std::vector<double> Picture::net_profits() const {
    std::vector<double> all(at(n));
    for (int m = 0; m < n; ++m) all[at(m)] = net_profit(m);
    return all;
}

Series Picture::trailing(const std::vector<double>& series, int count, int shift) {
    const int size = static_cast<int>(series.size());
    const int end = std::max(0, size - shift), from = std::max(0, end - count);
    return Series(series).subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(end - from));
}

}  // namespace fin::risk
