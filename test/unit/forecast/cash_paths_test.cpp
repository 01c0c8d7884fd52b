// Joint paths of cash, and how long it lasts along one.
#include "forecast/cash_paths.hpp"

#include <algorithm>
#include <cmath>

using namespace fin::forecast;

namespace {

// Revenue 100 and expenses 120 a month for a year, errors of both by one draw.
CashPlan burning() {
    CashPlan plan;
    plan.cash = 200;
    plan.revenue.predicted.assign(12, 100);
    plan.expenses.predicted.assign(12, 120);
    for (int path = 0; path < 40; ++path) {
        const double error = path - 19.5;
        plan.revenue.errors.push_back(std::vector<double>(12, error));
        plan.expenses.errors.push_back(std::vector<double>(12, error));
    }
    plan.paths = 400;
    return plan;
}

std::vector<double> column(const std::vector<double>& values, const CashPaths& paths, int month) {
    std::vector<double> column;
    for (int path = 0; path < paths.paths; ++path) column.push_back(values[paths.at(path, month)]);
    std::ranges::sort(column);
    return column;
}

}  // namespace

TEST(CashPaths, TheCentralOneIsThePrediction) {
    const auto paths = draw_paths(burning());
    ASSERT_EQ(paths.central_cash.size(), 60u);
    for (int month = 0; month < 60; ++month)
        EXPECT_DOUBLE_EQ(paths.central_cash[static_cast<std::size_t>(month)], 200 - 20 * (month + 1));
}

// What moves revenue moves expenses: the errors cancel in cash, though each of them varies.
TEST(CashPaths, ErrorsOfOneOriginAreDrawnTogether) {
    const auto paths = draw_paths(burning());
    const auto revenue = column(paths.revenue, paths, 5), cash = column(paths.cash, paths, 5);
    EXPECT_LT(revenue.front(), 90);
    EXPECT_GT(revenue.back(), 110);
    EXPECT_NEAR(cash.front(), cash.back(), 1e-9);
}

TEST(CashPaths, IndependentErrorsWidenCash) {
    auto plan = burning();
    std::ranges::reverse(plan.expenses.errors);
    const auto paths = draw_paths(plan);
    const auto cash = column(paths.cash, paths, 5);
    EXPECT_GT(cash.back() - cash.front(), 100);
}

TEST(CashPaths, KnownPaymentsAreInEveryPath) {
    auto plan = burning();
    plan.expenses.known.assign(60, 0);
    plan.expenses.known[2] = 50;
    plan.other_known.assign(60, 0);
    plan.other_known[1] = 500;
    const auto with = draw_paths(plan), without = draw_paths(burning());
    EXPECT_DOUBLE_EQ(with.central_cash[0], without.central_cash[0]);
    EXPECT_DOUBLE_EQ(with.central_cash[1], without.central_cash[1] + 500);
    EXPECT_DOUBLE_EQ(with.central_cash[2], without.central_cash[2] + 450);
    for (int path = 0; path < with.paths; ++path)
        EXPECT_NEAR(with.cash[with.at(path, 2)], without.cash[without.at(path, 2)] + 450, 1e-9);
}

TEST(CashPaths, UnsteadyFlowsKeepTheirMeanAndVary) {
    auto plan = burning();
    plan.revenue.errors.clear();
    plan.expenses.errors.clear();
    plan.unsteady = {0, 0, -90, 0, 0, -90, 0, 0, -90, 0, 0, -90};
    plan.paths = 4000;
    const auto paths = draw_paths(plan);
    EXPECT_DOUBLE_EQ(paths.unsteady_mean, -30);
    const auto cash = column(paths.cash, paths, 0);
    EXPECT_DOUBLE_EQ(cash.front(), 200 - 20 - 90);
    EXPECT_DOUBLE_EQ(cash.back(), 200 - 20);
    double sum = 0;
    for (const double each : cash) sum += each;
    EXPECT_NEAR(sum / 4000, 150, 3);  // standard error 0.67
}

TEST(CashPaths, NonnegativeRevenueStaysSo) {
    auto plan = burning();
    for (auto& path : plan.revenue.errors)
        for (auto& error : path) error *= 20;
    plan.revenue.nonnegative = true;
    const auto paths = draw_paths(plan);
    EXPECT_EQ(column(paths.revenue, paths, 3).front(), 0);
}

TEST(CashPaths, MonthsBeyondThePredictionRepeatItsYear) {
    auto plan = burning();
    for (std::size_t month = 0; month < 12; ++month) plan.revenue.predicted[month] = 100 + static_cast<double>(month);
    const auto paths = draw_paths(plan);
    for (std::size_t month = 12; month < 60; ++month)
        EXPECT_DOUBLE_EQ(paths.central_revenue[month], paths.central_revenue[month - 12]);
}

// Errors that do not grow with the horizon do not pile up beyond it; those of a random walk do.
TEST(CashPaths, LevelErrorsPersistAsFarAsTheyGrow) {
    auto plan = burning();
    plan.expenses.errors.clear();
    const auto flat = draw_paths(plan);
    for (auto& path : plan.revenue.errors)
        for (std::size_t step = 0; step < path.size(); ++step) path[step] *= std::sqrt(static_cast<double>(step + 1));
    const auto growing = draw_paths(plan);
    const auto width = [](const CashPaths& paths, int month) {
        const auto values = column(paths.revenue, paths, month);
        return values[values.size() * 9 / 10] - values[values.size() / 10];
    };
    EXPECT_NEAR(width(flat, 40) / width(flat, 11), 1, 0.2);
    EXPECT_GT(width(growing, 40) / width(growing, 11), 1.2);
}

TEST(CashPaths, TheSameSeedGivesTheSamePaths) {
    auto plan = burning();
    std::ranges::reverse(plan.expenses.errors);
    const auto a = draw_paths(plan), b = draw_paths(plan);
    EXPECT_EQ(a.cash, b.cash);
    plan.seed = 1;
    EXPECT_NE(a.cash, draw_paths(plan).cash);
}

TEST(CashPaths, AnInterruptEndsTheDrawing) {
    EXPECT_THROW(draw_paths(burning(), [] { throw 1; }), int);
}

TEST(MonthsUntilEmpty, CountsPartsOfAMonth) {
    const double cash[] = {60, 20, -20, -60};
    EXPECT_DOUBLE_EQ(*months_until_empty(100, cash, 4), 2.5);
    EXPECT_DOUBLE_EQ(*months_until_empty(0, cash, 4), 0);
    EXPECT_DOUBLE_EQ(*months_until_empty(-5, cash, 4), 0);
    EXPECT_FALSE(months_until_empty(100, cash, 2));
}

TEST(MonthsUntilEmpty, GrowsWithTheCash) {
    const auto paths = draw_paths(burning());
    double before = 0;
    for (double more = 0; more < 500; more += 50) {
        auto cash = paths.central_cash;
        for (auto& each : cash) each += more;
        const auto months = months_until_empty(200 + more, cash.data(), 60);
        ASSERT_TRUE(months);
        EXPECT_GT(*months, before);
        before = *months;
    }
}
