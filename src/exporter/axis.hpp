// Axes of charts: round steps and the place of a value on paper.
#pragma once
#include <vector>

namespace fin::exporter {

// Steps of 1, 2, 2.5 or 5 times a power of ten that cover [low, high]: about `wanted` of them. Always at least two.
std::vector<double> nice_ticks(double low, double high, int wanted = 5);

// From values to places; zero is always part of the scale where `with_zero`.
class Scale {
public:
    // `start` is where the smallest tick lies, `end` where the largest does (y grows downwards: start below end).
    Scale(double low, double high, double start, double end, bool with_zero = true, int wanted = 5);
    double at(double value) const;
    const std::vector<double>& ticks() const { return ticks_; }
    double low() const { return ticks_.front(); }
    double high() const { return ticks_.back(); }

private:
    std::vector<double> ticks_;
    double start_, end_;
};

}  // namespace fin::exporter
