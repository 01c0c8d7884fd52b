// Payments that recur at known dates, and flows beside operations.
#include "forecast/known_flows.hpp"

#include "support/company.hpp"

using namespace fin;
using fin::test::Company;
using fin::test::Plan;
using fin::test::Study;

namespace {

// Thirty months from January 2021, so the first month ahead is July 2023.
Company company() {
    Plan plan;
    plan.spread = 0;
    return make(plan);
}

forecast::CashFlows flows_of(const Study& study, int months = 24) {
    const auto facts = study.facts();
    return forecast::cash_flows(facts.ledger, facts.monthly, facts.recurring, months);
}

}  // namespace

TEST(KnownFlows, AYearlyPaymentLeavesTheHistoryAndReturnsAtItsMonth) {
    auto made = company();
    for (const int month : {2, 14, 26}) made.add(month, 15, -24000, "Insurance", "Safe Harbour Mutual");
    const auto flows = flows_of(Study(made));
    ASSERT_EQ(flows.expenses.past.size(), 30u);
    EXPECT_EQ(flows.expenses.past[26], 24000);
    EXPECT_EQ(flows.expenses.past[25], 0);
    // March 2024 is eight months after July 2023.
    for (std::size_t month = 0; month < 24; ++month)
        EXPECT_EQ(flows.expenses.future[month], month % 12 == 8 ? 24000 : 0) << month;
}

TEST(KnownFlows, AQuarterlyPaymentReturnsEachQuarter) {
    auto made = company();
    for (int month = 1; month < 30; month += 3) made.add(month, 10, -9000, "Insurance", "Safe Harbour Mutual");
    const auto flows = flows_of(Study(made));
    // Paid in May 2023 last: next in August.
    for (std::size_t month = 0; month < 24; ++month)
        EXPECT_EQ(flows.expenses.future[month], month % 3 == 1 ? 9000 : 0) << month;
}

TEST(KnownFlows, MonthlyCostsAreTheModelsToForecast) {
    const auto flows = flows_of(Study(company()));
    for (const double each : flows.expenses.future) EXPECT_EQ(each, 0);
    for (const double each : flows.expenses.past) EXPECT_EQ(each, 0);
}

TEST(KnownFlows, ARecurringLoanIsRepaidAndItsPayoutIsNotExpectedAgain) {
    auto made = company();
    made.add(3, 2, 300000, "Loan", "First Bank");
    for (int month = 4; month < 30; ++month) made.add(month, 2, -5000, "Loan repayment", "First Bank");
    const auto flows = flows_of(Study(made));
    double steady = 0;
    for (std::size_t month = 0; month < 24; ++month) {
        EXPECT_LT(flows.other.future[month], -4999) << month;
        steady += flows.other.future[month];
    }
    // Twelve months of tax, 7,000 each, may be found recurring as well; 300,000 is in none of them.
    EXPECT_LT(steady, -24 * 4999.0);
    for (const double each : flows.unsteady) EXPECT_LT(std::abs(each), 10000);
}

TEST(KnownFlows, AMachineBoughtOnceIsNotBoughtEachYear) {
    auto made = company();
    const auto before = flows_of(Study(made)).unsteady;
    made.add(25, 12, -250000, "Equipment", "Machine Works");
    const auto after = flows_of(Study(made)).unsteady;
    EXPECT_EQ(before, after);
}
