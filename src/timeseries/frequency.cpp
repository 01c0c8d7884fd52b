#include "timeseries/frequency.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "error.hpp"
#include "ledger/calendar.hpp"
#include "timeseries/robust.hpp"

namespace fin::timeseries {

namespace {

constexpr std::int64_t farthest_day = 8'400'000;  // about 23,000 years: what the calendar can count

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
    return value / by - (value % by != 0 && (value < 0) != (by < 0) ? 1 : 0);
}

int months_of(Frequency frequency) {
    return frequency == Frequency::monthly ? 1 : frequency == Frequency::quarterly ? 3 : 12;
}

// Monday 1969-12-29 is day -3.
std::int64_t week_offset(int first_weekday) { return first_weekday - 3; }

}  // namespace

int season_length(Frequency frequency) {
    switch (frequency) {
        case Frequency::daily: return 7;
        case Frequency::weekly: return 52;
        case Frequency::monthly: return 12;
        case Frequency::quarterly: return 4;
        case Frequency::yearly: break;
    }
    return 1;
}

std::int64_t period_of(std::int64_t day, Frequency frequency, int first_weekday) {
    if (day < -farthest_day || day > farthest_day)
        throw Error(ErrorCode::out_of_domain, "a day is beyond the calendar",
                    "It is " + std::to_string(day) + " days from 1970-01-01.");
    if (frequency == Frequency::daily) return day;
    if (frequency == Frequency::weekly) return floor_divide(day - week_offset(first_weekday), 7);
    const auto date = ledger::civil(static_cast<ledger::Day>(day));
    const std::int64_t month =
        static_cast<std::int64_t>(static_cast<int>(date.year())) * 12 + static_cast<unsigned>(date.month()) - 1;
    return floor_divide(month, months_of(frequency));
}

std::int64_t first_day_of(std::int64_t period, Frequency frequency, int first_weekday) {
    if (frequency == Frequency::daily) return period;
    if (frequency == Frequency::weekly) return period * 7 + week_offset(first_weekday);
    const std::int64_t month = period * months_of(frequency), year = floor_divide(month, 12);
    if (year < -25000 || year > 25000)
        throw Error(ErrorCode::out_of_domain, "a period is beyond the calendar",
                    "It is in the year " + std::to_string(year) + ".");
    return ledger::day_of(static_cast<int>(year), static_cast<unsigned>(month - year * 12) + 1, 1);
}

std::optional<Frequency> frequency_of(std::span<const std::int64_t> days) {
    std::vector<std::int64_t> sorted(days.begin(), days.end());
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    std::vector<double> gaps;
    for (std::size_t i = 1; i < sorted.size(); ++i)
        gaps.push_back(static_cast<double>(sorted[i]) - static_cast<double>(sorted[i - 1]));
    const auto gap = median(std::move(gaps));
    if (!gap) return std::nullopt;
    if (*gap <= 3) return Frequency::daily;
    if (*gap <= 10) return Frequency::weekly;
    if (*gap <= 45) return Frequency::monthly;
    return *gap <= 137 ? Frequency::quarterly : Frequency::yearly;
}

int usual_weekday(std::span<const std::int64_t> days) {
    std::array<std::size_t, 7> count{};
    for (const auto day : days) ++count[static_cast<std::size_t>(((day + 3) % 7 + 7) % 7)];
    return static_cast<int>(std::max_element(count.begin(), count.end()) - count.begin());
}

}  // namespace fin::timeseries
