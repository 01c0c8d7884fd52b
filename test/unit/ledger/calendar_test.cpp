// Calendar: days and months there and back.
#include "ledger/calendar.hpp"

using namespace fin::ledger;

TEST(Calendar, KnowsTheEndsOfMonths) {
    EXPECT_EQ(date_text(last_day(month_of(day_of(2016, 2, 10)))), "2016-02-29");
    EXPECT_EQ(month_text(month_of(day_of(2015, 12, 31)) + 1), "2016-01");
    EXPECT_EQ(date_text(day_of(1969, 12, 31)), "1969-12-31");
}

TEST(Calendar, KnowsWeekdays) {
    EXPECT_EQ(weekday(day_of(2026, 11, 21)), 5);  // a Saturday
    EXPECT_EQ(weekday(day_of(1969, 12, 29)), 0);  // a Monday before the epoch
}
