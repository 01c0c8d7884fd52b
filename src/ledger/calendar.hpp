// Days and months as counts: cheap to store, compare and subtract.
#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace fin::ledger {

// Days since 1970-01-01.
using Day = std::int32_t;

// Months since year 0: year * 12 + (month - 1).
using Month = std::int32_t;

constexpr std::chrono::year_month_day civil(Day day) {
    return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(day)));
}
constexpr Day day_of(int year, unsigned month, unsigned day) {
    using namespace std::chrono;
    return static_cast<Day>(
        sys_days(year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)))
            .time_since_epoch()
            .count());
}
constexpr Month month_of(Day day) {
    const auto date = civil(day);
    return static_cast<int>(date.year()) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}
constexpr int year_of(Month month) { return month / 12; }
constexpr unsigned month_in_year(Month month) { return static_cast<unsigned>(month % 12) + 1; }  // 1..12
constexpr Day first_day(Month month) { return day_of(year_of(month), month_in_year(month), 1); }
constexpr Day last_day(Month month) { return first_day(month + 1) - 1; }
// 0 Monday .. 6 Sunday.
constexpr int weekday(Day day) { return ((day + 3) % 7 + 7) % 7; }

std::string date_text(Day day);       // "2016-03-31"
std::string month_text(Month month);  // "2016-03"

}  // namespace fin::ledger
