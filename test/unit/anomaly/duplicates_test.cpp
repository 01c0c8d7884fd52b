// Paid twice, and the many honest reasons for two equal payments.
#include "findings_of.hpp"

using namespace fin;
using namespace fin::test;

namespace {

// A company with one payment repeated some days later.
Company repeated(const std::string& counterparty, int days) {
    Company company = steady_company();
    company.entries.push_back(company.entries[entry_of(company, 20, counterparty)]);
    company.entries.back().day += days;
    return company;
}

}  // namespace

TEST(Duplicates, AnEqualPaymentWithinFourDaysIsOne) {
    for (const char* party : {"Acorn Supply", "Borealis", "Harbor Estates", "J. Moss"})
        for (const int days : {0, 2, 4}) {
            const Company company = repeated(party, days);
            EXPECT_EQ(FindingsOf(company).holding(), at("duplicate", company.entries.size() - 1)) << party << days;
        }
}

TEST(Duplicates, OnlyTheLaterRowIsNamedWithItsMoney) {
    const Company company = repeated("Harbor Estates", 3);
    const FindingsOf findings(company);
    const auto* finding = findings.of(company.entries.size() - 1);
    ASSERT_TRUE(finding);
    EXPECT_EQ(findings.of(entry_of(company, 20, "Harbor Estates")), nullptr);
    EXPECT_EQ(finding->at_stake.text(), "6000.00");
    EXPECT_EQ(finding->amount->text(), "-6000.00");
    EXPECT_EQ(finding->expected->text(), "0.00");
}

TEST(Duplicates, FiveDaysApartAreTwoPayments) { EXPECT_EQ(FindingsOf(repeated("Acorn Supply", 5)).holding(), ""); }

TEST(Duplicates, EqualPaymentsTwiceAWeekAreAHabit) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m)
        for (const int day : {3, 6, 10, 13, 17, 20, 24, 27}) company.add(m, day, -640, "Cleaning", "Brightclean");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Duplicates, TwoSubscriptionsOfOnePriceRunSideBySide) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m)
        for (int k = 0; k < 2; ++k) company.add(m, 12, -900, "Software", "Cloudworks");
    EXPECT_EQ(FindingsOf(company).holding(), "");
    // Also where they have only just been taken up.
    Company started = steady_company();
    for (int m = 20; m < 24; ++m)
        for (int k = 0; k < 2; ++k) started.add(m, 12, -900, "Software", "Cloudworks");
    EXPECT_EQ(FindingsOf(started).holding(), "");
}

TEST(Duplicates, FixedFeesAtNoPaceMeetByChance) {
    Company company = steady_company();
    Noise noise(5);
    int together = 0;
    ledger::Day last = 0;
    std::vector<ledger::Day> days;
    for (int i = 0; i < 60; ++i) days.push_back(Company::day(0, 1) + static_cast<int>(700 * noise.uniform()));
    std::ranges::sort(days);
    for (const ledger::Day day : days) {
        company.entries.push_back({day, -750, "Freelancers", "Quill Translations"});
        together += day - last <= 4;
        last = day;
    }
    ASSERT_GT(together, 3);
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Duplicates, SumsCountedInFiftiesMeetByChance) {
    Company company = steady_company();
    Noise noise(9);
    for (int m = 0; m < 24; ++m)
        for (int k = 0; k < 20; ++k) company.add(m, 1 + k, 50 * std::round(noise.around(16, 0.4)), "Sales", "Till");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Duplicates, WhatWasPaidBackIsSettled) {
    Company company = repeated("Harbor Estates", 2);
    company.add(20, 20, 6000, "Rent", "Harbor Estates");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Duplicates, GivenBackAndPaidAgainIsOnePayment) {
    Company company = steady_company();
    company.add(20, 12, -4321.5, "Marketing", "Brightads");
    company.add(20, 13, 4321.5, "Marketing", "Brightads");
    company.add(20, 15, -4321.5, "Marketing", "Brightads");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Duplicates, APriceThatRisesIsStillPaidOnceAMonth) {
    Company company;
    for (int m = 0; m < 24; ++m) {
        company.add(m, 3, 60000 + 371.3 * (m % 7), "Sales", "Borealis");
        company.add(m, 6, -5000 - 500 * (m / 5), "Rent", "Harbor Estates");
        company.add(m, 9, -20000 - 113.7 * (m % 5), "Materials", "Acorn Supply");
    }
    company.add(21, 7, -7000, "Rent", "Harbor Estates");  // the fifth price, paid four times
    EXPECT_EQ(FindingsOf(company).holding(), at("duplicate", company.entries.size() - 1));
}

TEST(Duplicates, SmallMoneyIsLeftAlone) {
    Company company = steady_company();
    for (const int day : {6, 7}) company.add(20, day, -150, "Office supplies", "Stationer");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Duplicates, EqualWagesOfPeopleWithoutANameAreForTheWatchListAtMost) {
    Company company = steady_company();
    company.add(23, 25, -2400, "Bonuses", "");
    company.add(23, 25, -2400, "Bonuses", "");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}
