// How often a series is observed, and the calendar of its periods. Days are counted from 1970-01-01.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

namespace fin::timeseries {

enum class Frequency { daily, weekly, monthly, quarterly, yearly };

// Observations in a season: 7, 52, 12, 4, 1.
int season_length(Frequency frequency);

// Periods are numbered; those of months, quarters and years from year 0. A week begins on `first_weekday` (0 Monday).
// Throws Error{out_of_domain} for days more than 8,400,000 days (23,000 years) from 1970.
std::int64_t period_of(std::int64_t day, Frequency frequency, int first_weekday = 0);
std::int64_t first_day_of(std::int64_t period, Frequency frequency, int first_weekday = 0);

// By the median distance of consecutive different days, whatever their order: up to 3 days daily (also where only
// working days are seen), up to 10 weekly, up to 45 monthly (also twice a month), up to 137 quarterly, else yearly.
// Half of the periods may be missing. nullopt for fewer than two different days.
std::optional<Frequency> frequency_of(std::span<const std::int64_t> days);

// The weekday most observations fall on (0 Monday), the earlier one of equals: where weeks begin.
int usual_weekday(std::span<const std::int64_t> days);

}  // namespace fin::timeseries
