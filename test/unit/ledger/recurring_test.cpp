// Recurring payments: every cadence, and each way detectors have been reported to fail.
#include "ledger/recurring.hpp"

#include <cmath>
#include <random>

#include "ledger/kinds.hpp"
#include "rows.hpp"

using namespace fin::ledger;
using test::ledger_of;
using test::Line;

namespace {

std::vector<RecurringSeries> series_in(const std::vector<Line>& lines) {
    auto ledger = ledger_of(lines);
    assign_kinds(ledger);
    return find_recurring(ledger);
}

// Payments on the given days to one payee, and one row of another at `end`, where the ledger ends.
std::vector<Line> paid_on(const std::vector<Day>& days, double amount = -20, Day end = 0) {
    std::vector<Line> lines;
    for (const Day day : days) lines.push_back({day, amount, "Software", "Payee"});
    if (end) lines.push_back({end, -1, "Other", "Somebody else"});
    return lines;
}

std::vector<Day> every(Day first, int gap, int hits) {
    std::vector<Day> days;
    for (int i = 0; i < hits; ++i) days.push_back(first + gap * i);
    return days;
}

std::vector<Day> monthly_on(unsigned day, int hits, int step = 1) {
    std::vector<Day> days;
    for (int i = 0; i < hits; ++i) {
        const Month month = 2023 * 12 + i * step;
        days.push_back(std::min(first_day(month) + static_cast<Day>(day) - 1, last_day(month)));
    }
    return days;
}

std::string cadence_of(const std::vector<Line>& lines) {
    const auto found = series_in(lines);
    return found.size() == 1 ? std::string(name(found[0].cadence)) : std::to_string(found.size()) + " series";
}

}  // namespace

TEST(Recurring, TellsTheCadence) {
    const Day first = day_of(2023, 1, 4);
    EXPECT_EQ(cadence_of(paid_on(every(first, 7, 6))), "weekly");
    EXPECT_EQ(cadence_of(paid_on(every(first, 14, 6))), "biweekly");
    EXPECT_EQ(cadence_of(paid_on(monthly_on(4, 3))), "monthly");
    EXPECT_EQ(cadence_of(paid_on(monthly_on(31, 6))), "monthly");
    EXPECT_EQ(cadence_of(paid_on(monthly_on(4, 4, 2))), "bimonthly");
    EXPECT_EQ(cadence_of(paid_on(monthly_on(4, 3, 3))), "quarterly");
    EXPECT_EQ(cadence_of(paid_on(monthly_on(4, 3, 12))), "yearly");
    // Twice a month: the 5th and the 20th.
    std::vector<Day> twice;
    for (const Day day : monthly_on(5, 4)) twice.push_back(day), twice.push_back(day + 15);
    EXPECT_EQ(cadence_of(paid_on(twice)), "biweekly");
}

TEST(Recurring, NeedsThreeHitsOrTwoEarlyOnes) {
    EXPECT_EQ(cadence_of(paid_on(monthly_on(4, 2))), "0 series");
    const auto quarterly = series_in(paid_on(monthly_on(4, 2, 3)));
    ASSERT_EQ(quarterly.size(), 1U);
    EXPECT_TRUE(quarterly[0].early);
    EXPECT_FALSE(series_in(paid_on(monthly_on(4, 3, 3)))[0].early);
    // Two chance purchases a quarter apart have different amounts.
    auto lines = paid_on(monthly_on(4, 2, 3));
    lines[1].amount = -55;
    EXPECT_EQ(cadence_of(lines), "0 series");
}

TEST(Recurring, IsNotFooledByHabitualVisits) {
    const Day monday = day_of(2024, 1, 1);
    EXPECT_EQ(cadence_of(paid_on({monday, monday + 2, monday + 4})), "0 series");  // three coffees in a week
    std::vector<Day> cafe;  // three visits a week for half a year
    for (int week = 0; week < 26; ++week)
        for (const int day : {0, 2, 4}) cafe.push_back(monday + 7 * week + day);
    EXPECT_EQ(cadence_of(paid_on(cafe)), "0 series");
    EXPECT_EQ(cadence_of(paid_on(every(monday, 1, 90))), "0 series");
}

TEST(Recurring, IsNotFooledByChance) {
    // Visits at random over two years, from two a month to one every other week: 200 payees, no pace.
    std::mt19937 random(11);
    std::vector<Line> lines;
    for (int payee = 0; payee < 200; ++payee) {
        const double mean = 5 + payee % 40;
        const std::string name = "Shop " + std::string(1, static_cast<char>('a' + payee % 26)) +
                                 std::string(1, static_cast<char>('a' + payee / 26));
        for (double day = 0; day < 730;) {
            day += 1 - mean * std::log(1 - (random() % 100000) / 100000.0);
            lines.push_back({day_of(2023, 1, 1) + static_cast<Day>(day), -5.0 - random() % 90, "Food", name});
        }
    }
    EXPECT_LE(series_in(lines).size(), 4U);  // 2 % of them
}

TEST(Recurring, SeesThroughReferencesInTheName) {
    std::vector<Line> lines;
    for (const Day day : monthly_on(4, 4))
        lines.push_back({day, -12, "Software", "NETFLIX.COM 88" + std::to_string(day)});
    EXPECT_EQ(cadence_of(lines), "monthly");
}

TEST(Recurring, SurvivesAPriceChange) {
    auto lines = paid_on(monthly_on(4, 8), -10);
    for (std::size_t i = 5; i < 8; ++i) lines[i].amount = -12;
    const auto found = series_in(lines);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].hits, 8);
    EXPECT_EQ(found[0].median_amount.text(), "-10.00");
    EXPECT_FALSE(found[0].variable);
}

TEST(Recurring, TakesVariableBills) {
    auto lines = paid_on(monthly_on(4, 6));
    const double amounts[] = {-80, -120, -95, -60, -150, -100};
    for (std::size_t i = 0; i < 6; ++i) lines[i].amount = amounts[i];
    const auto found = series_in(lines);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].variable);
    EXPECT_EQ(found[0].median_amount.text(), "-97.50");  // between 95 and 100
    EXPECT_EQ(found[0].mad.text(), "20.00");             // of 2.5, 2.5, 17.5, 22.5, 37.5, 52.5: between 17.5 and 22.5
}

TEST(Recurring, SurvivesAMissedPaymentAndShiftedDays) {
    auto days = monthly_on(4, 8);
    days.erase(days.begin() + 3);
    EXPECT_EQ(cadence_of(paid_on(days)), "monthly");
    days = monthly_on(10, 8);
    const int shift[] = {0, 2, -1, 0, 1, 0, 3, 0};
    for (std::size_t i = 0; i < days.size(); ++i) days[i] += shift[i];
    EXPECT_EQ(cadence_of(paid_on(days)), "monthly");
}

TEST(Recurring, FindsASubscriptionAmongOtherPurchases) {
    auto lines = paid_on(monthly_on(4, 6), -14.99);
    for (const int day : {3, 9, 11, 30, 47, 52, 80, 81, 100})
        lines.push_back({day_of(2023, 1, 1) + day, -20.0 - day, "Office", "Payee"});
    const auto found = series_in(lines);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].hits, 6);
    EXPECT_EQ(found[0].rows.size(), 6U);
    EXPECT_EQ(found[0].median_amount.text(), "-14.99");
}

TEST(Recurring, CountsWhatIsPaidOnOneDayAsOnePayment) {
    std::vector<Line> lines;
    for (const Day day : monthly_on(25, 4))
        for (int person = 0; person < 3; ++person) lines.push_back({day, -1000, "Salaries", "Payroll"});
    const auto found = series_in(lines);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].hits, 4);
    EXPECT_EQ(found[0].rows.size(), 12U);
    EXPECT_EQ(found[0].monthly_amount.text(), "-3000.00");
    EXPECT_EQ(found[0].kind, Kind::payroll);
}

TEST(Recurring, KeepsAccountsAndDirectionsApart) {
    std::vector<Line> lines;
    for (const Day day : monthly_on(4, 4)) {
        lines.push_back({day, -10, "Software", "Payee", "one"});
        lines.push_back({day + 11, -30, "Software", "Payee", "two"});
        lines.push_back({day + 5, 70, "Sales", "Payee", "one"});
    }
    const auto found = series_in(lines);
    ASSERT_EQ(found.size(), 3U);  // the largest first
    EXPECT_TRUE(found[0].inflow);
    EXPECT_EQ(found[1].median_amount.text(), "-30.00");
    EXPECT_EQ(found[2].median_amount.text(), "-10.00");
    EXPECT_NE(found[1].account, found[2].account);
}

TEST(Recurring, ForgetsRowsWithoutCounterparty) {
    std::vector<Line> lines;
    for (const Day day : monthly_on(4, 4)) lines.push_back({day, -10, "Software", ""});
    EXPECT_TRUE(series_in(lines).empty());
    EXPECT_TRUE(series_in({}).empty());
}

TEST(Recurring, TellsWhatIsOverdueAndWhatHasEnded) {
    const auto days = monthly_on(4, 4);  // January to April 2023, next on 4 May, a Thursday
    const auto state = [&](Day end) {
        const auto found = series_in(paid_on(days, -20, end));
        return found.size() == 1 ? std::string(name(found[0].state)) : "no series";
    };
    EXPECT_EQ(date_text(series_in(paid_on(days))[0].next), "2023-05-04");
    EXPECT_EQ(state(day_of(2023, 5, 19)), "active");  // 15 days late, half a cadence
    EXPECT_EQ(state(day_of(2023, 5, 20)), "overdue");
    EXPECT_EQ(state(day_of(2023, 7, 3)), "overdue");  // 60 days late, two cadences
    EXPECT_EQ(state(day_of(2023, 7, 4)), "ended");
}

TEST(Recurring, ExpectsTheNextPaymentOnItsUsualDay) {
    const auto next = [](const std::vector<Day>& days) { return date_text(series_in(paid_on(days))[0].next); };
    EXPECT_EQ(next(monthly_on(31, 5)), "2023-06-30");  // 30 April was a Sunday: this payee books on any day
    // Booked on business days only: the 1st of July 2023 is a Saturday, so the 3rd.
    EXPECT_EQ(
        next({day_of(2023, 2, 1), day_of(2023, 3, 1), day_of(2023, 4, 3), day_of(2023, 5, 1), day_of(2023, 6, 1)}),
        "2023-07-03");
    // Due at the end of the month: the 30th of September 2023 is a Saturday, and Monday is October.
    EXPECT_EQ(next({day_of(2023, 5, 31), day_of(2023, 6, 30), day_of(2023, 7, 31), day_of(2023, 8, 31)}), "2023-09-29");
    // Due on the 1st, once booked on the 31st before: the one after next is no month later.
    EXPECT_EQ(next({day_of(2023, 3, 1), day_of(2023, 4, 1), day_of(2023, 5, 1), day_of(2023, 5, 31)}), "2023-07-01");
    EXPECT_EQ(next(every(day_of(2023, 1, 4), 7, 6)), "2023-02-15");
}

TEST(Recurring, SpreadsAmountsOverMonths) {
    EXPECT_EQ(series_in(paid_on(monthly_on(4, 3, 12), -1200))[0].monthly_amount.text(), "-100.00");
    EXPECT_EQ(series_in(paid_on(monthly_on(4, 3, 3), -300))[0].monthly_amount.text(), "-100.00");
    EXPECT_NEAR(per_month(Cadence::weekly), 4.348, 0.001);  // 52.18 weeks a year over 12
    EXPECT_NEAR(per_month(Cadence::biweekly), 2.174, 0.001);
}

TEST(Recurring, StopsWhereItIsInterrupted) {
    struct Stop {};
    std::vector<Line> lines;
    for (int i = 0; i < 5000; ++i) lines.push_back({i, -1, "a", "x"});
    const auto ledger = ledger_of(lines);
    EXPECT_THROW(find_recurring(ledger, [] { throw Stop(); }), Stop);
}
