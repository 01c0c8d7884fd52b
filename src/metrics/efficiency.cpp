// Break-even, conversion of profit to cash, the rule of 40 and the cover of debt service.
#include <algorithm>
#include <cmath>

#include "metrics/cashflow.hpp"
#include "metrics/sheet.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

// Fixed costs are those in recurring series, as in fixed_cost_ratio; the rest is variable.
void add_breakeven(Sheet& sheet, const Period& period) {
    if (sheet.complete() < 3) {
        const auto lacking = without(Status::insufficient_data, "3 complete months needed to know what recurs");
        sheet.add("breakeven_revenue", period, "money", lacking);
        sheet.add("margin_of_safety", period, "ratio", lacking);
        return;
    }
    const Flows flows = sheet.flows(period);
    const double revenue = flows.revenue().value();
    const double fixed = sheet.total(period, &MonthTally::recurring_expense);
    const double variable = flows.expenses().value() - fixed;
    const std::vector<Input> inputs = {{"fixed", fixed}, {"variable", variable}, {"revenue", revenue}};
    Outcome breakeven = ratio(variable, revenue, "revenue"), safety = breakeven;
    if (breakeven.value) {
        const double contribution = 1 - *breakeven.value;
        if (contribution <= 0) {
            breakeven = without(Status::infinite, "variable costs take all revenue: no revenue covers the fixed costs");
            safety = breakeven;
        } else {
            breakeven = ok(fixed / contribution);
            safety = ok((revenue - *breakeven.value) / revenue);
        }
    }
    sheet.add("breakeven_revenue", period, "money", std::move(breakeven), inputs);
    sheet.add("margin_of_safety", period, "ratio", std::move(safety), inputs);
}

// Growth of the last months against the same months a year before, over up to 12 months; with less than 13 months the
// compound monthly growth stands in for a year's.
void add_rule_of_40(Sheet& sheet) {
    const Period& t12 = sheet.t12();
    const int complete = sheet.complete();
    if (complete < 2) {
        sheet.add("rule_of_40", t12, "points", without(Status::insufficient_data, "2 complete months needed"));
        return;
    }
    const Flows flows = sheet.flows(t12);
    const Outcome margin = ratio(flows.operating_profit().value(), flows.revenue().value(), "revenue");
    Outcome growth;
    if (complete >= 13) {
        const int months = std::min(12, complete - 12);
        const Month to = sheet.monthly.last_complete(), from = to - months + 1;
        const double base = sheet.monthly.sum(from - 12, to - 12).revenue().value();
        const double now = sheet.monthly.sum(from, to).revenue().value();
        growth = ratio(now - base, base, "revenue a year before");
        if (months < 12)
            growth = with_caveat(std::move(growth), "growth over " + std::to_string(months) + " months of the year");
    } else {
        const auto monthly =
            cagr(sheet.monthly.at(t12.from).revenue().value(), sheet.monthly.at(t12.to).revenue().value(), t12.n() - 1);
        growth = monthly ? estimated(std::pow(1 + *monthly, 12) - 1, "yearly growth from compound monthly growth")
                         : without(Status::undefined, "revenue of the first or last month is not positive");
    }
    Outcome outcome = margin.value ? growth : margin;
    const std::vector<Input> inputs = {{"growth", growth.value.value_or(0)},
                                       {"operating_margin", margin.value.value_or(0)}};
    if (outcome.value) outcome.value = 100 * (*growth.value + *margin.value);
    const bool both = outcome.value.has_value();
    sheet.add("rule_of_40", t12, "points", std::move(outcome), both ? inputs : std::vector<Input>{});
}

void add_coverage(Sheet& sheet, const Period& period) {
    if (period.n() <= 0) {
        sheet.add("debt_service_coverage", period, "ratio", {});
        return;
    }
    const Flows flows = sheet.flows(period);
    const double operating = (flows.operating_profit() - flows.tax()).value();
    const double interest = sheet.total(period, &MonthTally::interest_paid);
    const double principal = sheet.total(period, &MonthTally::debt_repaid);
    sheet.add("debt_service_coverage", period, "ratio",
              interest + principal > 0 ? ok(operating / (interest + principal))
                                       : without(Status::not_applicable, "no interest or principal paid"),
              {{"operating_cash_flow", operating}, {"interest", interest}, {"principal", principal}});
}

}  // namespace

void add_efficiency(Sheet& sheet) {
    for (const Period* period : {&sheet.all(), &sheet.t3(), &sheet.t6(), &sheet.t12()}) add_breakeven(sheet, *period);
    sheet.add("operating_cash_conversion", sheet.all(), "ratio",
              without(Status::not_applicable, "a ledger of payments holds cash only: the ratio is 1 by definition"));
    add_rule_of_40(sheet);
    for (const Period* period : {&sheet.all(), &sheet.t3(), &sheet.t12()}) add_coverage(sheet, *period);
}

}  // namespace fin::metrics
