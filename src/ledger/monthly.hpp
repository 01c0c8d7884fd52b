// The ledger by calendar month: totals by kind, cash at month ends, which months are complete.
#pragma once
#include <array>
#include <optional>
#include <vector>

#include "interrupt.hpp"
#include "ledger/ledger.hpp"

namespace fin::ledger {

// Signed sums of one month by kind; the derived figures follow the taxonomy (expenses are positive numbers).
struct Flows {
    std::array<Money, kind_count> by_kind{};
    int rows = 0;

    Money of(Kind kind) const { return by_kind[static_cast<std::size_t>(kind)]; }
    Money revenue() const { return of(Kind::revenue) + of(Kind::refund); }
    Money expenses() const { return -(of(Kind::cogs) + of(Kind::opex) + of(Kind::payroll)); }
    Money tax() const { return -of(Kind::tax); }
    Money interest() const { return -of(Kind::interest); }
    Money capex() const { return -of(Kind::capex); }
    Money operating_profit() const { return revenue() - expenses(); }
    Money net_profit() const { return operating_profit() - tax() - interest(); }
    Money net_cash_flow() const;  // all flows less transfers
    Money burn_flow() const;      // minus net cash flow without equity and loan principal (debt)
    Flows& operator+=(const Flows& other);
};

struct Monthly {
    Month first = 0;            // month of months[0]
    std::vector<Flows> months;  // every month from the first to the last with rows, without holes
    std::vector<Money> cash;    // C at the end of each month: opening (or 0) and all flows, transfers included
    int complete = 0;           // how many months, from the first, are complete: only the last can be incomplete

    Month month(std::size_t i) const { return first + static_cast<Month>(i); }
    Month last_complete() const { return first + complete - 1; }
    const Flows& at(Month month) const { return months[static_cast<std::size_t>(month - first)]; }
    bool has(Month month) const { return month >= first && month < first + static_cast<Month>(months.size()); }
    // Sum over [from, to], clipped to what exists.
    Flows sum(Month from, Month to) const;
};

// A span of complete months; n = 0 where there is none.
struct Span {
    Month from = 0, to = -1;
    int n() const { return to - from + 1; }
};
Span trailing(const Monthly& monthly, int n);  // the last n complete months, or fewer where there are fewer
Span before_t3(const Monthly& monthly);        // P12: the up to 12 complete months before T3

// What a usual month costs: the median of E over the complete months; of turnover where nothing is spent; 0 where no
// month is complete. Materiality is measured by it.
double usual_expenses(const Monthly& monthly);

// Needs ledger.kind. The last month is complete when the ledger's last day is the month's last, or when its rows reach
// the usual activity: the last booking day is no earlier than the earliest last booking day of the 6 months before it
// and at least 60 % of their median count of rows is there.
Monthly by_month(const Ledger& ledger, const InterruptCheck& check = never_interrupted);

}  // namespace fin::ledger
