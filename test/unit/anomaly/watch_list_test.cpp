// Round sums and odd weekdays: kinds that say little on their own.
#include "findings_of.hpp"

using namespace fin;
using namespace fin::test;

namespace {

// 2022-09-10 is a Saturday, the 14th a Wednesday.
constexpr int september = 20, saturday = 10, wednesday = 14;

// A company that posts on weekdays only, sums counted in cents.
Company on_weekdays() {
    Company company = steady_company();
    for (auto& entry : company.entries) {
        while (ledger::weekday(entry.day) > 4) --entry.day;
        entry.amount = std::round(entry.amount * 100 + 7) / 100;
    }
    return company;
}

}  // namespace

TEST(WatchList, ALargeRoundSumAmongExactOnesIsOnIt) {
    Company company = on_weekdays();
    company.add(september, wednesday, -8000, "Materials", "Acorn Supply");
    const FindingsOf findings(company);
    EXPECT_EQ(findings.watched(), at("round_amount", company.entries.size() - 1));
    EXPECT_EQ(findings.holding(), "");
}

TEST(WatchList, ALedgerOfRoundSumsIsRound) {
    Company company = on_weekdays();
    for (int m = 0; m < 24; ++m)
        for (int k = 0; k < 2; ++k) company.add(m, 5 + 9 * k, -4000 - 1000 * (m % 3), "Projects", "Site Works");
    EXPECT_EQ(FindingsOf(company).watched().find("round_amount"), std::string::npos);
}

TEST(WatchList, APostingOnASaturdayWhereThereAreNoneIsOnIt) {
    Company company = on_weekdays();
    company.add(september, saturday, -4321.17, "Materials", "Acorn Supply");
    EXPECT_EQ(FindingsOf(company).watched(), at("off_calendar", company.entries.size() - 1));
}

TEST(WatchList, ACafePostsOnSundays) {
    EXPECT_EQ(FindingsOf(steady_company()).watched().find("off_calendar"), std::string::npos);
}
