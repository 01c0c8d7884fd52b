// Calendar of periods, frequency told from dates, and the grid observations are laid on. Dates checked by hand.
#include "timeseries/grid.hpp"

#include <cmath>
#include <limits>

#include "error.hpp"
#include "ledger/calendar.hpp"

using namespace fin::timeseries;
using Days = std::vector<std::int64_t>;

namespace {

std::int64_t day(int year, unsigned month, unsigned of_month) { return fin::ledger::day_of(year, month, of_month); }

Days month_ends(int year, int count) {
    Days days;
    for (int k = 0; k < count; ++k) days.push_back(fin::ledger::last_day(year * 12 + k));
    return days;
}

const double missing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST(Frequency, PeriodsBeginOnTheirFirstDay) {
    for (const auto frequency :
         {Frequency::daily, Frequency::weekly, Frequency::monthly, Frequency::quarterly, Frequency::yearly})
        for (std::int64_t d = -1'000'000; d < 1'000'000; d += 997) {
            const auto period = period_of(d, frequency, 2);
            EXPECT_LE(first_day_of(period, frequency, 2), d);
            EXPECT_GT(first_day_of(period + 1, frequency, 2), d);
        }
    EXPECT_EQ(first_day_of(period_of(day(2024, 2, 29), Frequency::monthly), Frequency::monthly), day(2024, 2, 1));
    EXPECT_EQ(first_day_of(period_of(day(2024, 2, 29), Frequency::quarterly) + 1, Frequency::quarterly),
              day(2024, 4, 1));
    EXPECT_EQ(first_day_of(period_of(day(1969, 12, 31), Frequency::yearly), Frequency::yearly), day(1969, 1, 1));
    // 2024-02-29 was a Thursday.
    EXPECT_EQ(first_day_of(period_of(day(2024, 2, 29), Frequency::weekly), Frequency::weekly), day(2024, 2, 26));
}

TEST(Frequency, IsToldFromDates) {
    EXPECT_EQ(frequency_of(month_ends(2023, 24)), Frequency::monthly);
    Days days;
    for (int k = 0; k < 40; ++k)
        if (k % 7 < 5) days.push_back(day(2024, 1, 1) + k);
    EXPECT_EQ(frequency_of(days), Frequency::daily);
    days.clear();
    for (int k = 0; k < 20; ++k) days.push_back(day(2024, 1, 3) + 7 * k);
    EXPECT_EQ(frequency_of(days), Frequency::weekly);
    days.clear();
    for (int k = 0; k < 8; ++k) days.push_back(fin::ledger::first_day(2020 * 12 + 3 * k));
    EXPECT_EQ(frequency_of(days), Frequency::quarterly);
    days = {day(2019, 12, 31), day(2021, 12, 31), day(2020, 12, 31)};
    EXPECT_EQ(frequency_of(days), Frequency::yearly);
    days = {day(2019, 12, 31), day(2019, 12, 31)};
    EXPECT_FALSE(frequency_of(days));
}

TEST(Grid, MissingMonthsAreNanAndCounted) {
    auto days = month_ends(2023, 14);
    days.erase(days.begin() + 4, days.begin() + 6);
    const std::vector<double> values(12, 5.0);
    const auto grid = lay_on_grid(days, values, Frequency::monthly);
    ASSERT_EQ(grid.values.size(), 14U);
    EXPECT_EQ(grid.missing, 2);
    EXPECT_TRUE(std::isnan(grid.values[4]));
    EXPECT_TRUE(std::isnan(grid.values[5]));
    EXPECT_EQ(grid.values[6], 5);
    EXPECT_EQ(grid.days[13], day(2024, 2, 1));
    EXPECT_EQ(grid.day_after(1), day(2024, 3, 1));
    EXPECT_EQ(grid.day_after(11), day(2025, 1, 1));
}

TEST(Grid, ObservationsOfOnePeriodAreSummedInAnyOrder) {
    const Days days = {day(2024, 2, 20), day(2024, 1, 5), day(2024, 1, 5), day(2024, 1, 31)};
    const std::vector<double> values = {10, 1, 2, 4};
    const auto grid = lay_on_grid(days, values, Frequency::monthly);
    EXPECT_EQ(grid.values, (std::vector<double>{7, 10}));
    EXPECT_EQ(grid.joined, 2);
    EXPECT_EQ(grid.same_day, 1);
    EXPECT_EQ(lay_on_grid(days, values, Frequency::monthly, Join::last).values, (std::vector<double>{4, 10}));
    EXPECT_NEAR(lay_on_grid(days, values, Frequency::monthly, Join::mean).values[0], 7.0 / 3, 1e-15);
}

TEST(Grid, EndsWithoutValuesAreLeftOut) {
    const auto days = month_ends(2024, 6);
    const std::vector<double> values = {missing, 2, 3, missing, 5, std::numeric_limits<double>::infinity()};
    const auto grid = lay_on_grid(days, values, Frequency::monthly);
    EXPECT_EQ(grid.values.size(), 4U);
    EXPECT_EQ(grid.days.front(), day(2024, 2, 1));
    EXPECT_EQ(grid.not_finite, 3);
    EXPECT_EQ(grid.missing, 1);
    EXPECT_TRUE(lay_on_grid(Days{1, 2}, std::vector<double>{missing, missing}, Frequency::daily).values.empty());
}

TEST(Grid, WeeksBeginOnTheUsualWeekday) {
    Days days;
    for (int k = 0; k < 10; ++k) days.push_back(day(2024, 1, 4) + 7 * k + (k == 5 ? 1 : 0));  // Thursdays, one Friday
    const auto grid = lay_on_grid(days, std::vector<double>(10, 1.0), Frequency::weekly);
    EXPECT_EQ(grid.first_weekday, 3);
    EXPECT_EQ(grid.missing, 0);
    EXPECT_EQ(grid.values.size(), 10U);
}

TEST(Grid, WeekendsOfABusinessAreZeroAndNoGaps) {
    Days days;
    for (int k = 0; k < 40; ++k)
        if (k % 7 < 5 && k != 9) days.push_back(day(2024, 1, 1) + k);
    const auto grid = lay_on_grid(days, std::vector<double>(days.size(), 3.0), Frequency::daily);
    EXPECT_EQ(grid.missing, 1);
    EXPECT_EQ(grid.closed, 10);
    EXPECT_EQ(grid.values[5], 0);
}

TEST(Grid, AMistypedYearIsRefusedAndNotLaidOut) {
    const Days days = {day(2024, 1, 1), day(20240, 1, 1)};
    EXPECT_THROW(lay_on_grid(days, std::vector<double>{1, 2}, Frequency::daily), fin::Error);
    const Days beyond = {0, std::numeric_limits<std::int64_t>::max()};
    EXPECT_THROW(lay_on_grid(beyond, std::vector<double>{1, 2}, Frequency::monthly), fin::Error);
}
