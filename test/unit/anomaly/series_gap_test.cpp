// gap: days and months taken out of ledgers that have rows every working day.
#include "anomaly/series_inquiry.hpp"

using namespace fin;
using namespace fin::anomaly;
using namespace fin::anomaly::test;

namespace {

// Two rows each working day, from Monday 2021-01-04 on.
Company shop(int days, bool weekends = false) {
    Company company;
    Noise noise(3);
    const ledger::Day first = ledger::day_of(2021, 1, 4);
    for (int i = 0; i < days; ++i) {
        const ledger::Day day = first + i;
        if (!weekends && ledger::weekday(day) >= 5) continue;
        company.entries.push_back({day, noise.around(900, 0.3), "Sales", "Till"});
        company.entries.push_back({day, -noise.around(500, 0.3), "Materials", i % 2 ? "Acorn Supply" : "Birch Parts"});
    }
    return company;
}

void close(Company& company, ledger::Day from, ledger::Day to) {
    std::erase_if(company.entries, [&](const Entry& entry) { return entry.day >= from && entry.day <= to; });
}

std::vector<Finding> gaps(const Company& company) { return Inquiry(company).find(Kind::gap); }

}  // namespace

TEST(Gap, WeekendsAndTheTurnOfTheYearAreNone) {
    Company company = shop(720);
    close(company, ledger::day_of(2021, 12, 24), ledger::day_of(2022, 1, 9));
    EXPECT_TRUE(gaps(company).empty());
    EXPECT_TRUE(gaps(make({.months = 30})).empty());
}

TEST(Gap, FourWeeksWithoutRowsInADailyLedger) {
    Company company = shop(720);
    close(company, ledger::day_of(2021, 9, 6), ledger::day_of(2021, 10, 3));
    const auto found = gaps(company);
    ASSERT_EQ(found.size(), 1u);
    // Saturday and Sunday before belong to the hole, too.
    EXPECT_EQ(found[0].booked_on, ledger::day_of(2021, 9, 4));
    EXPECT_GE(found[0].severity, Severity::medium);
    EXPECT_NE(found[0].reason_en.find("20 days"), std::string::npos) << found[0].reason_en;
    EXPECT_FALSE(found[0].amount.has_value());
    EXPECT_GT(found[0].at_stake.units, 0);
    expect_well_formed(found);
}

TEST(Gap, TwoWeeksMayBeAHoliday) {
    Company company = shop(720);
    close(company, ledger::day_of(2021, 8, 2), ledger::day_of(2021, 8, 15));
    const auto found = gaps(company);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].severity, Severity::low);
}

TEST(Gap, TheSameWeeksEveryYearAreAHabit) {
    Company company = shop(720);
    close(company, ledger::day_of(2021, 8, 2), ledger::day_of(2021, 8, 29));
    close(company, ledger::day_of(2022, 8, 1), ledger::day_of(2022, 8, 28));
    EXPECT_TRUE(gaps(company).empty());
}

TEST(Gap, AMonthWithoutRows) {
    Company company = make({.months = 24});
    close(company, Company::day(9, 1), Company::day(9, 31));
    const auto found = gaps(company);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].booked_on, Company::day(9, 1));
    EXPECT_GE(found[0].severity, Severity::medium);
    EXPECT_LT(found[0].p, 1e-3);
}

TEST(Gap, ALedgerWithRowsNowAndThenHasNoHabit) {
    Company company;
    for (int m = 0; m < 36; m += 3) company.add(m, 10, -5000, "Rent", "Landlord");
    EXPECT_TRUE(gaps(company).empty());
}

TEST(Gap, AnAccountThatPausesWhileTheLedgerGoesOn) {
    Company company = make({.months = 24});
    std::vector<std::string> accounts(company.entries.size(), "Main");
    for (int m = 0; m < 24; ++m)
        for (int k = 0; k < 12; ++k) {
            company.add(m, 2 + 2 * k, -300 - 10 * k, "Travel", k % 2 ? "Airline" : "Hotel");
            accounts.push_back("Card");
        }
    // The card of month 15 was not brought over.
    for (std::size_t i = company.entries.size(); i-- > 0;)
        if (accounts[i] == "Card" && ledger::month_of(company.entries[i].day) == Company::month(15)) {
            company.entries.erase(company.entries.begin() + static_cast<std::ptrdiff_t>(i));
            accounts.erase(accounts.begin() + static_cast<std::ptrdiff_t>(i));
        }
    const auto found = Inquiry(company, accounts).find(Kind::gap);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].booked_on, Company::day(15, 1));
    EXPECT_NE(found[0].reason_en.find("Card"), std::string::npos);
}

TEST(Gap, AnAccountThatWasClosedIsNone) {
    Company company = make({.months = 24});
    std::vector<std::string> accounts;
    for (const Entry& entry : company.entries)
        accounts.push_back(entry.category == "Materials" && entry.day < Company::day(15, 1) ? "Old" : "Main");
    EXPECT_TRUE(Inquiry(company, accounts).find(Kind::gap).empty());
}
