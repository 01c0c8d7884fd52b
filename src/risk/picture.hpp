// The company in months and names, from robust flows: what every risk and every lever is measured on.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "interrupt.hpp"
#include "metrics/metrics.hpp"
#include "risk/robust_flows.hpp"
#include "risk/series.hpp"

namespace fin::risk {

// A category of expenses, month by month (complete months); yearly payments are spread over their 12 months.
struct CategoryMonths {
    ledger::Code category = ledger::no_code;
    ledger::Kind kind = ledger::Kind::other;
    std::vector<double> month;
    double largest_t3 = 0;  // largest single payment of T3
    double next = 0;        // largest other one of the last 15 months
};

// What one counterparty paid (revenue) or was paid (spending: cogs, opex, capex, interest).
struct PartyTotals {
    double revenue_t3 = 0, revenue_t12 = 0, revenue_p12 = 0;
    double revenue_after = 0;  // after the last complete month
    double spending_t3 = 0, spending_t12 = 0;
    double cogs_t3 = 0;
    std::uint16_t active_p12 = 0;  // one bit for each month of P12 with revenue
};

class Picture {
public:
    Picture(const metrics::Facts& facts, const InterruptCheck& check);

    const metrics::Facts& facts;
    double usual_expenses = 0;  // median month of E; of turnover where nothing is spent
    RobustFlows flows;
    int n = 0;  // complete months

    // One value for each complete month. Expenses are positive; yearly payments are spread in expenses and in burn.
    std::vector<double> revenue, cogs, opex, payroll, tax, interest, capex;
    std::vector<double> burn;         // minus net cash flow without equity and loan principal
    std::vector<double> burn_booked;  // the same as booked, yearly payments where they fell
    std::vector<CategoryMonths> categories;
    std::vector<PartyTotals> parties;  // by code of the counterparty

    ledger::Month last() const { return facts.monthly.last_complete(); }
    double cash() const { return facts.monthly.cash.empty() ? 0 : facts.monthly.cash.back().value(); }
    bool cash_is_known() const { return facts.ledger.opening.has_value(); }

    double expenses(int month) const { return cogs[at(month)] + opex[at(month)] + payroll[at(month)]; }
    double net_profit(int month) const {
        return revenue[at(month)] - expenses(month) - tax[at(month)] - interest[at(month)];
    }
    std::vector<double> all_expenses() const;
    std::vector<double> net_profits() const;

    // The last `count` complete months, or fewer; `shift` months earlier.
    static Series trailing(const std::vector<double>& series, int count, int shift = 0);
    // The up to 12 months before T3.
    static Series before_t3(const std::vector<double>& series) { return trailing(series, 12, 3); }
    bool season_strong() const { return season_strong_; }

    // What T3 is compared with: P12, or where the season is strong and a year is there, the same months a year before.
    Series base(const std::vector<double>& series) const {
        return season_strong_ ? trailing(series, 3, 12) : before_t3(series);
    }

private:
    static std::size_t at(int month) { return static_cast<std::size_t>(month); }
    void add_rows(const InterruptCheck& check);
    void spread_yearly(const InterruptCheck& check);
    bool season_strong_ = false;
};

}  // namespace fin::risk
