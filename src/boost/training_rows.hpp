// Rows that boosting learns from, as XGBoost holds them: float32, NaN where a value is missing.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "boost/objective.hpp"
#include "interrupt.hpp"

namespace fin::boost {

// XGBoost needs some 20 bytes for each value beside these 4.
inline constexpr std::size_t most_values = std::size_t{64} << 20;

// A number of SQL as float32. Throws Error{invalid_argument} where it is infinite or beyond float32: XGBoost does not
// learn from such a value.
float feature_of(double value);

class TrainingRows {
public:
    explicit TrainingRows(std::size_t features);

    // Throws Error{invalid_argument} for a row of another width, an infinite value, a label that the objective does not
    // know; Error{limit_exceeded} for too many values.
    void add(std::span<const double> row, double label, const Objective& objective);

    // Puts the rows in order of their values, then of the label: the same rows give the same model, in whatever order a
    // scan brought them.
    void sort(const InterruptCheck& check = never_interrupted);

    std::size_t features() const { return features_; }
    std::size_t size() const { return labels_.size(); }
    const std::vector<float>& values() const { return values_; }  // row by row
    const std::vector<float>& labels() const { return labels_; }

private:
    std::size_t features_;
    std::vector<float> values_, labels_;
};

}  // namespace fin::boost
