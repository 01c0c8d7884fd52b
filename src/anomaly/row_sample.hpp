// A uniform sample of rows of any number: what the isolation forest is grown from.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "anomaly/random.hpp"

namespace fin::anomaly {

inline constexpr std::size_t most_features = 10'000;

// Up to `capacity` rows are all kept; beyond it each row of the stream is in the sample with the same probability
// (reservoir sampling, Vitter 1985, algorithm R). NaN is a missing value. Memory stays below 64 MB.
class RowSample {
public:
    // Throws Error{limit_exceeded} for more than most_features, Error{invalid_argument} for none.
    RowSample(std::size_t features, std::uint64_t seed);

    // A row of `features()` values. One without any known value says nothing and is left out.
    void add(std::span<const double> row);

    std::size_t features() const { return features_; }
    std::size_t size() const { return values_.size() / features_; }
    std::uint64_t seen() const { return seen_; }
    std::uint64_t seed() const { return seed_; }
    double at(std::size_t row, std::size_t feature) const { return values_[row * features_ + feature]; }
    std::span<const double> row(std::size_t number) const {
        return std::span(values_).subspan(number * features_, features_);
    }
    bool whole() const { return seen_ == size(); }

private:
    std::size_t features_, capacity_;
    std::uint64_t seed_, seen_ = 0;
    Random random_;
    std::vector<double> values_;  // row by row
};

// Throws as RowSample's constructor does.
void check_features(std::size_t features);

}  // namespace fin::anomaly
