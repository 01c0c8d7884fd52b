// missing_recurring: payments taken out of a company whose every payment is known.
#include "anomaly/series_inquiry.hpp"

using namespace fin;
using namespace fin::anomaly;
using namespace fin::anomaly::test;

namespace {

constexpr int months = 24;

Company company() { return make({.months = months, .seed = 11}); }

// Takes out what was paid to `payee` in month m; false where there was nothing.
bool drop(Company& company, int m, const std::string& payee) {
    return std::erase_if(company.entries, [&](const Entry& entry) {
               return entry.counterparty == payee && ledger::month_of(entry.day) == Company::month(m);
           }) > 0;
}

std::vector<Finding> missing(const Company& company) { return Inquiry(company).find(Kind::missing_recurring); }

}  // namespace

TEST(MissingRecurring, NothingIsMissingWhereEverythingIsPaid) { EXPECT_TRUE(missing(company()).empty()); }

TEST(MissingRecurring, RentLeftOutOnceIsFoundOnTheDayItWasDue) {
    Company paid = company();
    ASSERT_TRUE(drop(paid, 14, "Harbor Estates"));
    const auto found = missing(paid);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].booked_on, Company::day(14, 1));
    EXPECT_EQ(found[0].expected, ledger::Money::of(-6000));
    EXPECT_EQ(found[0].amount, ledger::Money::of(-6000));
    EXPECT_EQ(found[0].at_stake, ledger::Money::of(6000));
    EXPECT_GE(found[0].severity, Severity::medium);
    EXPECT_NE(found[0].reason_en.find("Harbor Estates"), std::string::npos);
    EXPECT_NE(found[0].reason_en.find("2022-03-01"), std::string::npos);
    EXPECT_NE(found[0].reason_ru.find("01.03.2022"), std::string::npos);
    expect_well_formed(found);
}

TEST(MissingRecurring, PaidLateIsNotMissing) {
    Company paid = company();
    ASSERT_TRUE(drop(paid, 14, "Harbor Estates"));
    paid.add(14, 23, -6000, "Rent", "Harbor Estates");
    EXPECT_TRUE(missing(paid).empty());
}

TEST(MissingRecurring, PaidSoLateThatTheNextIsNearIsNotMissing) {
    Company paid = company();
    ASSERT_TRUE(drop(paid, 14, "Harbor Estates"));
    paid.add(14, 28, -6000, "Rent", "Harbor Estates");
    EXPECT_TRUE(missing(paid).empty());
}

TEST(MissingRecurring, PaidByAnotherAmountIsNotMissing) {
    Company paid = company();
    ASSERT_TRUE(drop(paid, 14, "Harbor Estates"));
    paid.add(14, 1, -4150, "Rent", "Harbor Estates");
    EXPECT_TRUE(missing(paid).empty());
}

TEST(MissingRecurring, MadeUpForByTheNextPaymentIsNotMissing) {
    Company paid = company();
    ASSERT_TRUE(drop(paid, 14, "Harbor Estates"));
    ASSERT_TRUE(drop(paid, 15, "Harbor Estates"));
    paid.add(15, 1, -12000, "Rent", "Harbor Estates");
    EXPECT_TRUE(missing(paid).empty());
}

TEST(MissingRecurring, BookedWithTheWrongSignIsNotMissing) {
    Company paid = company();
    ASSERT_TRUE(drop(paid, 14, "Harbor Estates"));
    paid.add(14, 1, 6000, "Rent", "Harbor Estates");
    EXPECT_TRUE(missing(paid).empty());
}

TEST(MissingRecurring, PaidUnderANewNameIsNotMissing) {
    Company paid = company();
    ASSERT_TRUE(drop(paid, 14, "Harbor Estates"));
    paid.add(14, 1, -6000, "Rent", "Transfer to landlord");
    EXPECT_TRUE(missing(paid).empty());
}

// Two suppliers: the one that is left out and a landlord of the same rent whose payments go on.
TEST(MissingRecurring, AnEqualPaymentToSomeoneElseWhoIsPaidEveryMonthIsNoSubstitute) {
    Company paid = company();
    for (int m = 0; m < months; ++m) paid.add(m, 2, -6000, "Rent", "Warehouse Ltd");
    ASSERT_TRUE(drop(paid, 14, "Harbor Estates"));
    const auto found = missing(paid);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].booked_on, Company::day(14, 1));
}

TEST(MissingRecurring, AContractThatEndedIsOneFindingOfLowAtMost) {
    Company paid = company();
    for (int m = 16; m < months; ++m) ASSERT_TRUE(drop(paid, m, "Harbor Estates"));
    const auto found = missing(paid);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].severity, Severity::low);
    EXPECT_EQ(found[0].booked_on, Company::day(16, 1));
    EXPECT_NE(found[0].reason_en.find("probably ended"), std::string::npos);
}

TEST(MissingRecurring, ATaxThatIsOverdueIsGraverThanARentThatIs) {
    const auto overdue = [](const std::string& payee, double amount, const std::string& category) {
        Company paid = company();
        for (int m = 0; m < months - 1; ++m) paid.add(m, 7, amount, category, payee);
        return missing(paid);
    };
    const auto tax = overdue("Customs", -9000, "Taxes"), rent = overdue("Garage", -9000, "Rent");
    ASSERT_EQ(tax.size(), 1u);
    ASSERT_EQ(rent.size(), 1u);
    EXPECT_GE(tax[0].severity, Severity::medium);
    EXPECT_EQ(rent[0].severity, Severity::low);  // it may have ended
}

TEST(MissingRecurring, ASeriesThatOftenSkipsIsNotExpected) {
    Company paid = company();
    for (int m = 0; m < months; ++m)
        if (m % 6 != 3) paid.add(m, 7, -4000, "Consulting", "Now and then");
    EXPECT_TRUE(missing(paid).empty());
}

TEST(MissingRecurring, WhereTheWholeLedgerPausesNoPaymentIsMissing) {
    Company paid = company();
    std::erase_if(paid.entries, [](const Entry& entry) { return ledger::month_of(entry.day) == Company::month(14); });
    EXPECT_TRUE(missing(paid).empty());
}

TEST(MissingRecurring, StrictnessAsksForMoreMoney) {
    Company paid = company();
    for (int m = 0; m < months; ++m)
        if (m != 14) paid.add(m, 12, -1500, "Cleaning", "Brightwater");
    Inquiry inquiry(paid);
    EXPECT_EQ(grave(inquiry.find(Kind::missing_recurring)), 1u);
    inquiry.strictness[Kind::missing_recurring] = 4;
    EXPECT_EQ(grave(inquiry.find(Kind::missing_recurring)), 0u);
}

TEST(MissingRecurring, AWeeklyPaymentThatKeepsToDaysOfTheMonthIsNotMissing) {
    // On the 7th, 14th, 21st and 28th: the week over the end of a month is longer.
    Company paid = company();
    for (int m = 0; m < months; ++m)
        for (const int day : {7, 14, 21, 28}) paid.add(m, day, -900, "Salaries", "W. Hand");
    EXPECT_TRUE(missing(paid).empty());
}
