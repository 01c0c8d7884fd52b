// Revenue, expenses, profit and cash that agree with each other, and the runway.
#include "forecast/ledger_forecast.hpp"

#include <algorithm>
#include <cmath>

#include "error.hpp"
#include "support/company.hpp"

using namespace fin;
using namespace fin::forecast;
using fin::test::Company;
using fin::test::Study;

namespace {

// Revenue 100,000 a month, of which a fifth is left; `costs` moves payroll.
Company company(double costs, double opening = 250000, int months = 36) {
    test::Plan plan;
    plan.months = months;
    plan.opening = opening;
    plan.payroll = [costs](int) { return costs; };
    return make(plan);
}

LedgerForecast of(const Company& company, int horizon = 6, std::uint64_t seed = 7) {
    const Study study(company);
    const auto facts = study.facts();
    return forecast_ledger(facts.ledger, facts.monthly, facts.recurring, {horizon, {}, seed});
}

}  // namespace

TEST(LedgerForecast, ProfitIsRevenueLessExpensesToTheLastBit) {
    const auto made = of(company(1), 12);
    ASSERT_TRUE(made.made());
    for (std::size_t i = 0; i < 12; ++i) {
        const auto &revenue = made.revenue.points[i], &expenses = made.expenses.points[i],
                   &profit = made.profit.points[i];
        EXPECT_EQ(profit.predicted, revenue.predicted - expenses.predicted);
        EXPECT_EQ(profit.optimistic, revenue.optimistic - expenses.optimistic);
        EXPECT_EQ(profit.pessimistic, revenue.pessimistic - expenses.pessimistic);
        EXPECT_EQ(profit.month, test::Company::month(36 + static_cast<int>(i)));
        // Sixty-fourths: exact in binary and in decimal.
        EXPECT_EQ(revenue.predicted * 64, std::round(revenue.predicted * 64));
    }
}

TEST(LedgerForecast, IsNearToASteadyCompany) {
    const auto made = of(company(1));
    for (const auto& point : made.revenue.points) EXPECT_NEAR(point.predicted, 100000, 5000);
    for (const auto& point : made.expenses.points) EXPECT_NEAR(point.predicted, 71000, 5000);
    // What is left less 7,000 of tax a month.
    const auto& cash = made.cash.points;
    for (std::size_t i = 1; i < cash.size(); ++i)
        EXPECT_NEAR(cash[i].predicted - cash[i - 1].predicted, made.profit.points[i].predicted - 7000, 1000);
}

TEST(LedgerForecast, BoundsAreOrderedAndHaveAWidth) {
    const auto made = of(company(1.6), 24);
    for (const auto* series : made.all())
        for (const auto& point : series->points) {
            EXPECT_LE(point.lo95, point.lo80) << series->name;
            EXPECT_LT(point.lo80, point.predicted) << series->name;
            EXPECT_LT(point.predicted, point.hi80) << series->name;
            EXPECT_LE(point.hi80, point.hi95) << series->name;
            if (series->name == "profit") continue;  // a difference of what keeps inside
            EXPECT_LE(point.lo80, std::min(point.optimistic, point.pessimistic)) << series->name;
            EXPECT_LE(std::max(point.optimistic, point.pessimistic), point.hi80) << series->name;
        }
    for (const auto* series : {&made.revenue, &made.profit, &made.cash})  // a good month may cost more
        for (const auto& point : series->points) {
            EXPECT_LE(point.pessimistic, point.predicted) << series->name;
            EXPECT_LE(point.predicted, point.optimistic) << series->name;
        }
}

TEST(LedgerForecast, PartsAddUpInEverySeries) {
    const auto made = of(company(1.6), 12);
    for (const auto* series : made.all())
        for (const auto& point : series->points)
            EXPECT_NEAR(
                point.parts.level + point.parts.trend + point.parts.season + point.parts.event + point.parts.remainder,
                point.predicted, 1e-6)
                << series->name;
}

TEST(LedgerForecast, AShorterHorizonSeesTheSameFuture) {
    const auto three = of(company(1.6), 3), twelve = of(company(1.6), 12);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(three.cash.points[i].predicted, twelve.cash.points[i].predicted);
        EXPECT_EQ(three.cash.points[i].lo80, twelve.cash.points[i].lo80);
        EXPECT_EQ(three.revenue.points[i].hi95, twelve.revenue.points[i].hi95);
    }
    EXPECT_EQ(three.runway.months, twelve.runway.months);
}

// Payroll 2.5 times the plan: about 17,000 go out each month.
TEST(LedgerForecast, TheRunwayIsWhatCashAndBurnMakeOfIt) {
    const auto made = of(company(2.5, 900000));
    ASSERT_TRUE(made.runway.months);
    const double burn = -(made.central_cash.back() - made.cash_now) / static_cast<double>(made.central_cash.size());
    EXPECT_NEAR(*made.runway.months, made.cash_now / burn, 1);
    ASSERT_TRUE(made.runway.low);
    EXPECT_LE(*made.runway.low, *made.runway.months);
    EXPECT_GE(made.runway.high.value_or(runway_months), *made.runway.months);
    EXPECT_GT(made.runway.confidence, 0.05);
    EXPECT_LT(made.runway.confidence, 0.95);
}

TEST(LedgerForecast, MoreCashAndMoreIncomeLastLonger) {
    double before = 0;
    for (const double opening : {700000.0, 800000.0, 900000.0, 1000000.0}) {
        const auto made = of(company(2.5, opening));
        ASSERT_TRUE(made.runway.months) << opening;
        EXPECT_GT(*made.runway.months, before);
        before = *made.runway.months;
        const auto longer = made.runway_with(3000);
        EXPECT_TRUE(!longer || *longer > before);
    }
}

TEST(LedgerForecast, ACompanyThatEarnsHasNoEnd) {
    const auto made = of(company(1));
    EXPECT_EQ(made.runway.status, Status::infinite);
    EXPECT_FALSE(made.runway.months);
    EXPECT_GT(made.runway.confidence, 0.8);
    EXPECT_FALSE(made.zero_cash);
}

TEST(LedgerForecast, NamesTheFirstMonthBelowZero) {
    auto poor = company(2.5, 900000);
    const auto rich = of(poor);
    // Leaves two and a half months of burn.
    const double burn = (rich.cash_now - rich.central_cash[2]) / 3;
    poor.opening = 900000 - rich.cash_now + 2.5 * burn;
    const auto made = of(poor);
    ASSERT_TRUE(made.zero_cash);
    EXPECT_EQ(*made.zero_cash, Company::month(36 + 2));
    ASSERT_TRUE(made.zero_cash_lo80);
    EXPECT_LE(*made.zero_cash_lo80, *made.zero_cash);
    ASSERT_TRUE(made.runway.months);
    EXPECT_NEAR(*made.runway.months, 2.5, 0.5);
}

TEST(LedgerForecast, ExhaustedCashLastsNoMonth) {
    const auto made = of(company(2.5, -900000));
    EXPECT_EQ(made.runway.months, 0);
    EXPECT_EQ(made.runway.confidence, 1);
}

TEST(LedgerForecast, WithoutAnOpeningBalanceCashIsRelativeAndThereIsNoRunway) {
    auto unknown = company(2.5);
    unknown.opening.reset();
    const auto made = of(unknown);
    ASSERT_TRUE(made.made());
    EXPECT_EQ(made.cash.status, Status::estimated);
    EXPECT_EQ(made.runway.status, Status::insufficient_data);
    EXPECT_FALSE(made.runway.months);
    EXPECT_FALSE(made.zero_cash);
}

TEST(LedgerForecast, TooLittleHistoryIsSaidInEverySeries) {
    const auto made = of(company(1, 250000, 2));
    EXPECT_FALSE(made.made());
    for (const auto* series : made.all()) {
        EXPECT_EQ(series->status, Status::insufficient_data) << series->name;
        EXPECT_FALSE(series->reason.en.empty()) << series->name;
        EXPECT_FALSE(series->reason.ru.empty()) << series->name;
        EXPECT_TRUE(series->points.empty()) << series->name;
    }
    EXPECT_EQ(made.runway.status, Status::insufficient_data);
}

TEST(LedgerForecast, AYearlyPaymentFallsInItsMonth) {
    auto insured = company(1);
    for (const int month : {2, 14, 26}) insured.add(month, 15, -60000, "Insurance", "Safe Harbour Mutual");
    const auto made = of(insured, 12), plain = of(company(1), 12);
    for (std::size_t i = 0; i < 12; ++i)
        EXPECT_NEAR(made.expenses.points[i].predicted - plain.expenses.points[i].predicted, i == 2 ? 60000 : 0, 1);
}

TEST(LedgerForecast, EqualSeedsGiveEqualBits) {
    const auto a = of(company(1.6)), b = of(company(1.6)), c = of(company(1.6), 6, 8);
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(a.cash.points[i].lo95, b.cash.points[i].lo95);
        EXPECT_EQ(a.cash.points[i].predicted, c.cash.points[i].predicted);
    }
    EXPECT_NE(a.cash.points[5].lo95, c.cash.points[5].lo95);
}

TEST(LedgerForecast, RefusesAHorizonThatIsNone) {
    EXPECT_THROW(of(company(1), 0), Error);
    EXPECT_THROW(of(company(1), runway_months + 1), Error);
}

TEST(SeedOf, ReadsTheFirstDigitsOfAHash) {
    EXPECT_EQ(seed_of("00000000000000ff0123"), 255u);
    EXPECT_EQ(seed_of("ff"), 255u);
    EXPECT_EQ(seed_of(""), 0u);
}
