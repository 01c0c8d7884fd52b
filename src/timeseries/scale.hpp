// A series brought to a level near 1 and back. The factor is a power of two, so that both ways are exact.
#pragma once
#include <span>
#include <vector>

namespace fin::timeseries {

struct Scale {
    int exponent = 0;  // the factor is 2^exponent

    double down(double value) const;      // to a level near 1
    double up(double value) const;        // back
    double up_twice(double value) const;  // back, for variances
    std::vector<double> down(std::span<const double> values) const;
};

// By the median size of the values that are neither 0 nor NaN; 1 where there is none.
Scale scale_of(std::span<const double> values);

}  // namespace fin::timeseries
