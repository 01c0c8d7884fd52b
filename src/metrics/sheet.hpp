// The sheet the families of metrics write on: periods, figures of a period, and rows with status and reason.
#pragma once
#include <string>
#include <vector>

#include "metrics/tallies.hpp"

namespace fin::metrics {

// A named span of complete months.
struct Period {
    std::string name;  // all, T3, T6, T12, P12 or YYYY-MM
    ledger::Month from = 0, to = -1;
    int wanted = 1;  // months the name promises
    int n() const { return to - from + 1; }
};

// What became of a computation.
struct Outcome {
    std::optional<double> value;
    Status status = Status::ok;
    std::string reason = {};
};
inline Outcome ok(double value) { return {value}; }
inline Outcome estimated(double value, std::string reason) { return {value, Status::estimated, std::move(reason)}; }
inline Outcome without(Status status, std::string reason) { return {std::nullopt, status, std::move(reason)}; }
// numerator / denominator, undefined where the denominator is not positive; `what` names it in the reason.
Outcome ratio(double numerator, double denominator, const std::string& what);
// As given, with the caveat: an ok figure becomes an estimate, the reason of an estimate grows.
Outcome with_caveat(Outcome outcome, const std::string& caveat);

class Sheet {
public:
    Sheet(const Facts& facts, const InterruptCheck& check);

    const Facts& facts;
    const InterruptCheck& check;
    const ledger::Monthly& monthly;
    const Tallies tallies;

    const Period& all() const { return spans_[0]; }
    const Period& t3() const { return spans_[1]; }
    const Period& t6() const { return spans_[2]; }
    const Period& t12() const { return spans_[3]; }
    const Period& p12() const { return spans_[4]; }
    const std::vector<Period>& spans() const { return spans_; }
    const std::vector<Period>& months() const { return months_; }  // the complete ones
    std::vector<Period> spans_and_months() const;
    int complete() const { return monthly.complete; }

    std::size_t index(ledger::Month month) const { return static_cast<std::size_t>(month - monthly.first); }
    ledger::Flows flows(const Period& period) const { return monthly.sum(period.from, period.to); }
    std::vector<double> revenues(const Period& period) const;  // by month
    // Sum of a field of the tallies over the months of the period.
    double total(const Period& period, ledger::MoneySum MonthTally::*field) const;
    int sales(const Period& period) const;
    ledger::Money cash_now() const { return monthly.cash.empty() ? ledger::Money{} : monthly.cash.back(); }

    // Adds a row with n = months of the period. A period without months says insufficient_data whatever the outcome;
    // a span shorter than its name promises (T12 of 5 months) makes an ok figure an estimate.
    Metric& add(const char* metric, const Period& period, const char* unit, Outcome outcome,
                std::vector<Input> inputs = {});

    std::vector<Metric> take() { return std::move(rows_); }

private:
    std::vector<Period> spans_, months_;
    std::vector<Metric> rows_;
};

double value(const ledger::MoneySum& sum);

// The families, in the order of the taxonomy.
void add_levels(Sheet& sheet);         // revenue ... net_cash_flow
void add_cash(Sheet& sheet);           // burn, runway, balances
void add_growth(Sheet& sheet);         // growth, trend
void add_costs(Sheet& sheet);          // ratios and shares of costs
void add_concentration(Sheet& sheet);  // HHI and top shares
void add_customers(Sheet& sheet);      // tickets, payers
void add_recurring(Sheet& sheet);      // recurring share, MRR, churn, NRR, burn multiple
void add_variability(Sheet& sheet);    // CV, drawdown, strengths
void add_efficiency(Sheet& sheet);     // break-even, rule of 40, coverage
void add_returns(Sheet& sheet);        // NPV, IRR, XIRR
void add_quality(Sheet& sheet);        // data quality

}  // namespace fin::metrics
