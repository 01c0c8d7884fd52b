// Dated observations laid on a regular grid of periods.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "timeseries/frequency.hpp"

namespace fin::timeseries {

// What the value of a period is where it has several observations. Sums are right for flows (revenue, expenses) and
// are the default everywhere in this project; a level (a balance) is its last observation.
enum class Join { sum, last, mean };

struct Grid {
    Frequency frequency = Frequency::monthly;
    int first_weekday = 0;           // of weekly periods
    std::vector<std::int64_t> days;  // first day of each period, from the first to the last with a value
    std::vector<double> values;      // NaN where the period has none
    int missing = 0;                 // periods inside without a value
    int joined = 0;                  // observations that came on top of another one of their period
    int same_day = 0;                // of these, those that share even the day
    int not_finite = 0;              // observations without a finite value, left out
    int closed = 0;                  // days on weekdays that never have a value: 0 where values are summed

    // First day of the period `step` after the last one (step 1 is the next).
    std::int64_t day_after(int step) const;
};

// Observations in any order. Empty where no observation has a value. Throws Error{limit_exceeded} where the days span
// more than 100,000 periods and Error{out_of_domain} for days beyond the calendar.
Grid lay_on_grid(std::span<const std::int64_t> days, std::span<const double> values, Frequency frequency,
                 Join join = Join::sum);

}  // namespace fin::timeseries
