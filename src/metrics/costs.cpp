// What costs are made of: by category, payroll, recurring ones.
#include "metrics/members.hpp"
#include "metrics/sheet.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

void add_categories(Sheet& sheet, const Period& period, const Members& categories) {
    if (period.n() <= 0) {
        sheet.add("expense_ratio", period, "ratio", {});
        sheet.add("category_share", period, "ratio", {});
        return;
    }
    const Flows flows = sheet.flows(period);
    const double revenue = flows.revenue().value(), expenses = flows.expenses().value();
    const auto members = ranked(categories, sheet.facts.ledger.categories, sheet.check);
    if (members.empty()) {
        const auto none = without(Status::not_applicable, "no expenses");
        sheet.add("expense_ratio", period, "ratio", none);
        sheet.add("category_share", period, "ratio", none);
    }
    Pulse pulse(sheet.check);
    for (const Member& member : members) {
        pulse();
        sheet.add("expense_ratio", period, "ratio", ratio(member.amount, revenue, "revenue"),
                  {{"category", 0, member.name}, {"amount", member.amount}, {"revenue", revenue}});
        sheet.add("category_share", period, "ratio", ratio(member.amount, expenses, "the sum of expenses"),
                  {{"category", 0, member.name}, {"amount", member.amount}, {"expenses", expenses}});
    }
}

}  // namespace

void add_costs(Sheet& sheet) {
    add_categories(sheet, sheet.all(), sheet.tallies.categories.all);
    add_categories(sheet, sheet.t12(), sheet.tallies.categories.t12);
    for (const Period& period : sheet.spans_and_months()) {
        const Flows flows = period.n() > 0 ? sheet.flows(period) : Flows{};
        const double payroll = -flows.of(Kind::payroll).value(), revenue = flows.revenue().value();
        sheet.add("payroll_ratio", period, "ratio", ratio(payroll, revenue, "revenue"),
                  {{"payroll", payroll}, {"revenue", revenue}});
    }
    for (const Period* period : {&sheet.all(), &sheet.t3(), &sheet.t6(), &sheet.t12()}) {
        if (sheet.complete() < 3) {
            sheet.add("fixed_cost_ratio", *period, "ratio",
                      without(Status::insufficient_data, "3 complete months needed to know what recurs"));
            continue;
        }
        const double recurring = sheet.total(*period, &MonthTally::recurring_expense);
        const double expenses = sheet.flows(*period).expenses().value();
        sheet.add("fixed_cost_ratio", *period, "ratio", ratio(recurring, expenses, "the sum of expenses"),
                  {{"recurring_expenses", recurring}, {"expenses", expenses}});
    }
}

}  // namespace fin::metrics
