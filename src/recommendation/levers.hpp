// Levers: what one measure adds to cash in a month, from T3 levels (averages of the last three complete months).
// Pure functions of figures; each writes its formula and its numbers into the evidence.
#pragma once
#include <string>
#include <vector>

#include "risk/risk.hpp"

namespace fin::recommendation {

struct Effect {
    double monthly = 0;
    std::vector<risk::Evidence> evidence;
};

// Money that comes once counts as a twelfth of it a month, so that it can stand beside what comes every month.
inline constexpr double months_of_one_off = 12;

// monthly = spending * percent
Effect cut_category(const std::string& category, double spending, double percent);

// monthly = spending * percent
Effect renegotiate_supplier(const std::string& supplier, double spending, double percent);

// monthly = revenue * ((1 + percent) * (1 - lost) - 1), lost = half of percent: customers who leave for the price.
Effect raise_price(double revenue, double percent);

// Revenue paid `days` earlier: once revenue / 30.4375 * days; monthly = that / 12.
Effect collect_earlier(double revenue, double days);

// Purchases paid `days` later: once purchases / 30.4375 * days; monthly = that / 12.
Effect delay_payment(double purchases, double days);

// What a smaller dependence saves on average: monthly = (share - target) * revenue * margin * loss chance, where margin
// is what is left of revenue after cost of goods, and the chance of losing a payer in a month is the company's own:
// lost in T3 of those active before, over three months. Fewer than 5 regular payers or none lost: 0, with the reason.
struct PayerHistory {
    int regular = 0;  // payers with revenue in at least 3 months of P12
    int lost = 0;     // of them, without revenue since
};
Effect diversify_customer(const std::string& customer, double share, double target, double revenue, double margin,
                          const PayerHistory& history);

// New revenue for a customer that has gone: monthly = lost revenue * replaced * margin.
Effect replace_customer(const std::string& customer, double lost_revenue, double replaced, double margin);

// Payroll that does not grow for `months`: monthly = growth * (months + 1) / 2, the average over these months of what
// the growth of the last three months would have added.
Effect freeze_hiring(double growth_per_month, int months);

// monthly = money / 12
Effect recover_duplicate(const std::string& row_nos, double money);

// monthly = the series' monthly amount
Effect cancel_recurring(const std::string& series, double monthly_amount, int hits);

// A reserve moves money and adds none: monthly = 0. The evidence holds target = months * monthly_need and what is
// missing to it.
Effect build_reserve(double months, double monthly_need, double cash_at_hand, const std::string& reason);

}  // namespace fin::recommendation
