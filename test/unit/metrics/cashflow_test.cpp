// Cash-flow mathematics by small examples, and where no answer exists. Values without another source are those of
// LibreOffice Calc: the first rows of test/data/reference/cashflow.csv (test/reference/cashflow_libreoffice.py).
#include "metrics/cashflow.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "error.hpp"

using namespace fin::metrics;

namespace {

// Paid in on 2008-01-01, received on 2008-03-01, 2008-10-30, 2009-02-15, 2009-04-01.
const std::vector<CashFlow> spreadsheet = {{0, -10000}, {60, 2750}, {303, 4250}, {411, 3250}, {456, 2750}};

}  // namespace

TEST(Xirr, AgreesWithTheSpreadsheetExample) {
    const Rates rates = xirr(spreadsheet);
    ASSERT_EQ(rates.roots.size(), 1U);
    EXPECT_NEAR(*rates.best(), 0.373362533518832, 1e-12);
    EXPECT_EQ(rates.sign_changes, 1);
}

TEST(Xirr, BringsTheValueToZero) { EXPECT_NEAR(xnpv(*xirr(spreadsheet).best(), spreadsheet), 0, 1e-8); }

TEST(Xirr, DoesNotDependOnTheOrderOfFlowsNorOnTheUnitOfMoney) {
    auto flows = spreadsheet;
    std::ranges::reverse(flows);
    EXPECT_EQ(*xirr(flows).best(), *xirr(spreadsheet).best());
    for (auto& flow : flows) flow.amount *= 1024;
    EXPECT_EQ(*xirr(flows).best(), *xirr(spreadsheet).best());
}

TEST(Xirr, HasNoRateWithoutASignChangeOrOnOneDay) {
    EXPECT_EQ(xirr({}).reason, "no cash flows");
    EXPECT_EQ(xirr(std::vector<CashFlow>{{0, 5}, {9, 5}}).reason, "cash flows do not change sign");
    EXPECT_EQ(xirr(std::vector<CashFlow>{{3, 5}, {3, -5}}).reason, "all cash flows are on one day");
    EXPECT_FALSE(xirr(std::vector<CashFlow>{{0, 5}, {9, 5}}).best());
}

TEST(Xirr, FindsRatesFarFromOrdinary) {
    // Doubled in a day: 2^365 - 1 a year. Lost 99.99 % in a year: -0.9999.
    EXPECT_NEAR(std::log1p(*xirr(std::vector<CashFlow>{{0, -1}, {1, 2}}).best()), 365 * std::log(2), 1e-9);
    EXPECT_NEAR(*xirr(std::vector<CashFlow>{{0, -10000}, {365, 1}}).best(), -0.9999, 1e-12);
    // A century: the power of -0.5 overflows nothing.
    EXPECT_NEAR(*xirr(std::vector<CashFlow>{{0, -1e12}, {36500, 1e12 * std::pow(0.5, 100)}}).best(), -0.5, 1e-9);
    EXPECT_NEAR(*xirr(std::vector<CashFlow>{{0, -100}, {365, 100}}).best(), 0, 1e-12);
}

TEST(Xirr, RefusesWhatIsNoNumber) {
    EXPECT_THROW(xirr(std::vector<CashFlow>{{0, -1}, {1, std::numeric_limits<double>::quiet_NaN()}}), fin::Error);
    EXPECT_THROW(xirr(std::vector<CashFlow>{{0, -1}, {1, std::numeric_limits<double>::infinity()}}), fin::Error);
}

// A project after four years, after five and after two.
TEST(Irr, AgreesWithTheSpreadsheetExamples) {
    const std::vector<double> amounts = {-70000, 12000, 15000, 18000, 21000, 26000};
    EXPECT_NEAR(*irr(std::span(amounts).first(5)).best(), -0.021244848273411, 1e-12);
    EXPECT_NEAR(*irr(amounts).best(), 0.0866309480365316, 1e-12);
    EXPECT_NEAR(*irr(std::span(amounts).first(3)).best(), -0.443506941334741, 1e-12);
}

// The pump problem of Lorie and Savage (1955): -1600, 10000, -10000 has the rates 25 % and 400 %.
TEST(Irr, SaysThatThereAreSeveralRoots) {
    const Rates rates = irr(std::vector<double>{-1600, 10000, -10000});
    ASSERT_EQ(rates.roots.size(), 2U);
    EXPECT_NEAR(rates.roots[0], 0.25, 1e-12);
    EXPECT_NEAR(rates.roots[1], 4.0, 1e-10);
    EXPECT_EQ(rates.sign_changes, 2);
}

// (1 + r) roots 0.9, 1.1 and 1.3: x^3 - 3.3 x^2 + 3.59 x - 1.287.
TEST(Irr, FindsRootsOnBothSidesOfZero) {
    const Rates rates = irr(std::vector<double>{1, -3.3, 3.59, -1.287});
    ASSERT_EQ(rates.roots.size(), 3U);
    std::vector<double> roots = rates.roots;
    std::ranges::sort(roots);
    EXPECT_NEAR(roots[0], -0.1, 1e-8);
    EXPECT_NEAR(roots[1], 0.1, 1e-8);
    EXPECT_NEAR(roots[2], 0.3, 1e-8);
    EXPECT_LT(std::abs(rates.roots[0]), 0.1000001);
}

// 1 - 2v + 2v^2 has no real root.
TEST(Irr, SaysWhereTwoSignChangesHaveNoRoot) {
    const Rates rates = irr(std::vector<double>{1, -2, 2});
    EXPECT_FALSE(rates.best());
    EXPECT_EQ(rates.sign_changes, 2);
    EXPECT_EQ(rates.reason, "no rate brings the value to zero");
}

TEST(Irr, AsksWhetherItMayGoOn) {
    struct Stop {};
    EXPECT_THROW(irr(std::vector<double>{-100, 60, 60}, [] { throw Stop{}; }), Stop);
}

// The first amount one period from now; an investment now is subtracted outside.
TEST(Npv, AgreesWithTheSpreadsheetExamples) {
    EXPECT_NEAR(npv(0.1, std::vector<double>{-10000, 3000, 4200, 6800}), 1188.44341233522, 1e-9);
    EXPECT_NEAR(npv(0.08, std::vector<double>{8000, 9200, 10000, 12000, 14500}), 41922.0615549324, 1e-8);
    EXPECT_NEAR(npv(0.08, std::vector<double>{8000, 9200, 10000, 12000, 14500, -9000}), 36250.5349129844, 1e-8);
}

TEST(Npv, OfDatedFlowsAgreesWithTheSpreadsheetExample) { EXPECT_NEAR(xnpv(0.09, spreadsheet), 2086.64760203154, 1e-9); }

TEST(Npv, RefusesRatesThatLoseEverything) {
    EXPECT_THROW(npv(-1, std::vector<double>{1}), fin::Error);
    EXPECT_THROW(xnpv(-1.5, spreadsheet), fin::Error);
    EXPECT_EQ(npv(0.1, {}), 0);
    EXPECT_EQ(xnpv(0.1, {}), 0);
}

// 10000 to 19000 in three years: 19000 / 10000 = 1.9, cube root 1.238562...
TEST(Cagr, IsTheCompoundGrowth) {
    EXPECT_NEAR(*cagr(10000, 19000, 3), 0.238562329630171, 1e-14);
    EXPECT_NEAR(*cagr(100, 25, 2), -0.5, 1e-15);
    EXPECT_FALSE(cagr(0, 5, 1));
    EXPECT_FALSE(cagr(5, -5, 1));
    EXPECT_FALSE(cagr(5, 5, 0));
}
