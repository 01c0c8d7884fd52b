// Amounts far from what is usual, and amounts that are only large.
#include "findings_of.hpp"

using namespace fin;
using namespace fin::test;

namespace {

Company multiplied(const std::string& counterparty, double factor) {
    Company company = steady_company();
    company.entries[entry_of(company, 20, counterparty)].amount *= factor;
    return company;
}

}  // namespace

TEST(Outliers, NineTimesTheLevelIsOne) {
    for (const char* party : {"Acorn Supply", "Borealis", "Brightads"}) {
        const Company company = multiplied(party, 9.5);
        EXPECT_EQ(FindingsOf(company).holding(), at("amount_outlier", entry_of(company, 20, party))) << party;
    }
}

TEST(Outliers, ThreeTimesTheLevelIsNone) { EXPECT_EQ(FindingsOf(multiplied("Acorn Supply", 3)).holding(), ""); }

TEST(Outliers, SaysWhatWasExpectedAndWhatIsAtStake) {
    const Company company = multiplied("Acorn Supply", 12);
    const FindingsOf findings(company);
    const auto* finding = findings.of(entry_of(company, 20, "Acorn Supply"));
    ASSERT_TRUE(finding && finding->expected);
    // Acorn Supply is paid 3,750 twice a month, within 4 %.
    EXPECT_NEAR(finding->expected->value(), -3750, 160);
    EXPECT_NEAR(finding->at_stake.value(), 11 * 3750, 2500);
    EXPECT_EQ(finding->severity, Severity::critical);
}

TEST(Outliers, ABonusOfThreeSalariesIsNone) {
    Company company = steady_company();
    company.add(11, 20, -19500, "Salaries", "J. Moss");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Outliers, WhatIsNotTwiceAllElseIsNone) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m) company.add(m, 8, -300, "Repairs", "Fixit");
    company.add(5, 15, -4000, "Repairs", "Fixit");
    company.add(15, 15, -5000, "Repairs", "Fixit");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Outliers, AMachineIsNoOutlier) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m) company.add(m, 8, -500, "Equipment", "Toolmakers");
    company.add(15, 15, -15000, "Equipment", "Toolmakers");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Outliers, ADifferentBusinessOfTheSameCounterpartyHasALevelOfItsOwn) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m) company.add(m, 8, -200, "Bank fees", "Northern Trust");
    company.add(15, 15, -9000, "Insurance", "Northern Trust");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Outliers, WithoutHistoryTheCategoryIsTheMeasure) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m)
        for (int k = 0; k < 3; ++k)
            company.add(
                m, 5 + 5 * k, 400 + m + k, "Courses",
                "Pupil " + std::string(1, static_cast<char>('A' + m)) + std::string(1, static_cast<char>('A' + k)));
    company.add(20, 9, 9000, "Courses", "Pupil Zed");
    const FindingsOf findings(company);
    EXPECT_EQ(findings.holding(), at("amount_outlier", company.entries.size() - 1));
}

TEST(Outliers, MoneyLentIsNone) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m) company.add(m, 8, -500, "Loan repayment", "Savings Bank");
    company.add(15, 15, -15000, "Loan repayment", "Savings Bank");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}
