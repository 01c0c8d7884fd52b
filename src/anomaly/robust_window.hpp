// Median and spread of a changing set of values: the frame of a window that moves over a partition.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "interrupt.hpp"

namespace fin::anomaly {

struct Spread {
    std::size_t count = 0;
    double median = 0;
    // What one standard deviation is to a normal distribution: 1.4826 x the median absolute deviation from the median.
    // Where more than half of the values are equal that is 0, and 1.2533 x the mean absolute deviation takes its place
    // (Iglewicz and Hoaglin 1993); 0 where all are equal.
    double scale = 0;
};

// (value - median) / scale. Where all values are equal: 0 for their equal, infinite for any other. NaN where there is
// no value to compare with or nothing to divide by.
double robust_z(double value, const Spread& spread);

// All values are known at the start, which ones count changes: each change and each question takes time logarithmic in
// their number, and the answer depends on the values that count alone, not on those that have left.
class RobustWindow {
public:
    // NaN is no value: its position can be included and never counts.
    explicit RobustWindow(const std::vector<double>& values, const InterruptCheck& check = never_interrupted);

    void include(std::size_t position) { set(position, true); }
    void leave(std::size_t position) { set(position, false); }
    Spread spread() const;

private:
    void set(std::size_t position, bool counts);
    double nth(std::size_t number) const;  // of those that count, by size
    double median_distance(std::size_t count, double median) const;
    double mean_distance(double median) const;
    struct Part {
        std::size_t count = 0;
        double sum = 0;
    };
    Part part(std::size_t from, std::size_t to) const;

    std::vector<double> sorted_;
    std::vector<std::uint32_t> rank_;  // of a position
    // Two binary trees over the ranks, root at 1: how many count, and the sum of their finite distances from origin_.
    // Each node is the sum of its children, so a value that has left leaves no rounding behind.
    std::size_t leaves_ = 1;
    double origin_ = 0;
    std::vector<std::uint32_t> counts_;
    std::vector<double> sums_;
};

}  // namespace fin::anomaly
