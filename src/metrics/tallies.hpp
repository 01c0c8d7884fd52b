// What one pass over the rows counts for all families of metrics.
#pragma once
#include <optional>
#include <vector>

#include "metrics/metrics.hpp"

namespace fin::metrics {

// Exact sums by dictionary code; the absent code (no_code) has its own place.
class Members {
public:
    explicit Members(std::size_t codes) : sums_(codes + 1) {}
    void add(ledger::Code code, ledger::Money amount) { sums_[static_cast<std::size_t>(code + 1)] += amount.units; }
    ledger::Wide of(ledger::Code code) const { return sums_[static_cast<std::size_t>(code + 1)]; }
    ledger::Wide unknown() const { return sums_[0]; }
    ledger::Code codes() const { return static_cast<ledger::Code>(sums_.size()) - 1; }

private:
    std::vector<ledger::Wide> sums_;
};

// Members over all complete months and over the last 12 of them.
struct MembersBySpan {
    explicit MembersBySpan(std::size_t codes) : all(codes), t12(codes) {}
    Members all, t12;
};

struct Payers {
    int active = 0;    // paid in the span
    int fresh = 0;     // paid in it, and not in the three months before
    int returned = 0;  // of the fresh: had paid earlier still
    int lost = 0;      // paid in the three months before, and not in it
};

// Figures of one month; sums of outflows are positive.
struct MonthTally {
    int sales = 0;  // rows of kind revenue that bring money in
    ledger::MoneySum debt_repaid, interest_paid, recurring_revenue, recurring_expense;
    Payers payers;
};

// Course of cash by ends of days. The peak before the first row is the opening balance.
struct CashPath {
    ledger::Money least, peak, trough;  // trough after peak: the greatest fall
    ledger::Day least_day = 0, peak_day = 0, trough_day = 0;
};

struct Tallies {
    explicit Tallies(const Facts& facts, const InterruptCheck& check);

    std::vector<MonthTally> months;       // as Monthly::months
    std::vector<ledger::Money> sale;      // amounts of the sales, in order of time
    std::vector<std::size_t> sale_begin;  // months.size() + 1 offsets into sale
    MembersBySpan payers, vendors;        // revenue less refunds and expenses, by counterparty
    MembersBySpan categories;             // expenses by category
    Payers payers_t3;                     // T3 against the three months before it
    CashPath cash;
    ledger::MoneySum turnover, uncategorised;  // sums of absolute amounts, of all rows
    int uncategorised_rows = 0;
    int duplicate_candidates = 0;
    bool has_cogs = false;

private:
    void count_rows(const Facts& facts, const InterruptCheck& check);
    void count_payers(const Facts& facts, const InterruptCheck& check);
    void follow_cash(const ledger::Ledger& ledger, const InterruptCheck& check);
    void count_recurring(const Facts& facts);
};

// Rows that repeat counterparty and amount of a row at most 4 days earlier, where the counterparty has no habit of
// such repeats (more than 2 of them, and more than a tenth of its rows).
int count_duplicates(const ledger::Ledger& ledger, const InterruptCheck& check);

}  // namespace fin::metrics
