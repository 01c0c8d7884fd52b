// Small statistics on monthly series: trend, season, spread. All of them read the series in order of month.
#pragma once
#include <span>
#include <vector>

namespace fin::risk {

using Series = std::span<const double>;

double sum(Series values);
double mean(Series values);       // 0 for none
double median(Series values);     // 0 for none
double deviation(Series values);  // standard deviation with n - 1; 0 below two values

struct Line {
    double slope = 0, level = 0;  // value at index i: level + slope * i
};
Line theil_sen(Series values);  // median of pairwise slopes: one bad month does not turn it

// Whether the months of a year repeat: correlation of the detrended series with itself a year before, over all pairs
// that exist. 0.6 is asked for nine pairs and more, 0.8 for three to eight (few pairs correlate by chance), and swings
// of at least 8 % of the mean. False below 15 months.
bool season_is_strong(Series values);

// Factor of each of the last `count` months against the year's level (1 is an average month): ratio to the centred
// 12-month mean, median over the years. Empty where fewer than 24 months are there. Months without such a mean (the
// last six) do not enter, so a fall at the end does not pass for a season.
std::vector<double> season_factors(Series values, int count);

// Standard deviation over mean of what is left of the series without its straight trend and, where it is strong, its
// season (24 months: the month's own mean; fewer: a yearly wave). Degrees of freedom spent are given back.
double residual_cv(Series values);

}  // namespace fin::risk
