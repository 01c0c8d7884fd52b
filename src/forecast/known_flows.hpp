// What is known of the coming months: payments that recur at a steady pace, and what else moves cash beside operations.
#pragma once
#include <vector>

#include "ledger/ledger.hpp"
#include "ledger/monthly.hpp"
#include "ledger/recurring.hpp"

namespace fin::forecast {

// Monthly values in units of money; `past` covers the complete months, `future` the months after them.
struct KnownFlows {
    std::vector<double> past, future;
};

struct CashFlows {
    // Payments every two months, quarter or year hide in a monthly series as noise or as a season that needs years to
    // be seen. They are taken out of the history and put back at their dates. Positive numbers.
    KnownFlows revenue, expenses;
    // Tax, interest, capital expenditure, loans, equity, transfers and what has no kind: recurring ones at their dates,
    // in > 0. What is booked already in the month after the last complete one is in future[0].
    KnownFlows other;
    // The rest of those flows in each complete month. Loan principal and equity are left out of it, and so is a month's
    // capital expenditure that stands alone: what came once is not expected again.
    std::vector<double> unsteady;
};

CashFlows cash_flows(const ledger::Ledger& ledger, const ledger::Monthly& monthly,
                     const std::vector<ledger::RecurringSeries>& recurring, int months);

}  // namespace fin::forecast
