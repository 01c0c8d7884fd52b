// One purchase in several payments under a limit.
#include "findings_of.hpp"

using namespace fin;
using namespace fin::test;

namespace {

Company split(std::initializer_list<double> amounts, int apart = 1) {
    Company company = steady_company();
    int day = 12;
    for (const double amount : amounts) {
        company.add(20, day, -amount, "Marketing", "Brightads");
        day += apart;
    }
    return company;
}

}  // namespace

TEST(Splits, ThreePaymentsJustUnderALimitAreOne) {
    const Company company = split({4900, 4750, 4820});
    const std::size_t first = company.entries.size() - 3;
    const FindingsOf findings(company);
    EXPECT_EQ(findings.holding(),
              at("split_payment", first) + at("split_payment", first + 1) + at("split_payment", first + 2));
    EXPECT_EQ(findings.of(first)->at_stake.text(), "14470.00");
    EXPECT_EQ(findings.of(first)->expected->text(), "-14470.00");
}

TEST(Splits, OtherPaymentsBetweenThemDoNotHideThem) {
    Company company = split({4900, 4750, 4820});
    company.add(20, 13, -260, "Marketing", "Brightads");
    EXPECT_NE(FindingsOf(company).holding().find("split_payment"), std::string::npos);
}

TEST(Splits, TwoAreNone) { EXPECT_EQ(FindingsOf(split({4900, 4750})).holding(), ""); }
TEST(Splits, SpreadOverAFortnightTheyAreNone) { EXPECT_EQ(FindingsOf(split({4900, 4750, 4820}, 6)).holding(), ""); }
TEST(Splits, WhatIsNotUnderALimitIsNone) { EXPECT_EQ(FindingsOf(split({4100, 3900, 4000})).holding(), ""); }

TEST(Splits, ASupplierWhoseSumsLieThereHasTheHabit) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m) {
        company.add(m, 12, -4800 - 3 * m, "Freight", "Overland");
        company.add(m, 20, -4750 - 5 * m, "Freight", "Overland");
    }
    company.add(20, 13, -4905, "Freight", "Overland");
    company.add(20, 14, -4911, "Freight", "Overland");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Splits, WhereAmountsRunThroughTheLimitItIsNone) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m) {
        company.add(m, 11, -4270 - 9 * m, "Freight", "Overland");
        company.add(m, 21, -5060 - 17 * m, "Freight", "Overland");
    }
    for (const double amount : {4905.0, 4760.0, 4911.0}) company.add(20, 13, -amount, "Freight", "Overland");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Splits, EqualInstalmentsAreNone) {
    EXPECT_EQ(FindingsOf(split({4900, 4900, 4900})).holding().find("split_payment"), std::string::npos);
}
