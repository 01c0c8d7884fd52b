// Values that do not belong: outliers, a zero where there is never one, shifts of the level.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace fin::timeseries {

enum class Oddity { outlier, lone_zero, level_shift };

struct Odd {
    std::size_t index = 0;  // of a shift: the first value on the new level
    Oddity kind = Oddity::outlier;
    double seen = 0;      // of a shift: the level after it
    double expected = 0;  // of a shift: the level before it
};

struct Cleaned {
    std::vector<double> values;    // outliers and lone zeros replaced: what a model is chosen and fitted on
    std::vector<double> levelled;  // and the past before a level shift moved to the level after it
    std::vector<Odd> odd;          // by index
};

// `values` complete and finite. The original values stay with the caller: residuals for intervals are taken against
// them, since what happened once can happen again.
// An outlier is further from its neighbours on both sides than 3.5 times the distance of the quartiles of these
// residuals (R's tsoutliers: 3 times beyond the quartiles), on the scale of the values and, where all are positive, of
// their logarithms; it is not one where the same season has it again or where more than two follow each other. At most
// one in twenty values is replaced, and none in a series with a fifth of zeros or under 8 values.
Cleaned clean(std::span<const double> values, int period);

}  // namespace fin::timeseries
