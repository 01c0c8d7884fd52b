#include "boost/training_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>

#include "boost/model.hpp"
#include "error.hpp"

namespace fin::boost {

namespace {

// NaN after every number, so that there is one order.
bool comes_first(const float* a, const float* b, std::size_t count, bool& decided) {
    decided = true;
    for (std::size_t i = 0; i < count; ++i) {
        const bool a_missing = std::isnan(a[i]), b_missing = std::isnan(b[i]);
        if (a_missing != b_missing) return b_missing;
        if (!a_missing && a[i] != b[i]) return a[i] < b[i];
    }
    decided = false;
    return false;
}

}  // namespace

float feature_of(double value) {
    if (std::isnan(value)) return std::numeric_limits<float>::quiet_NaN();
    const auto narrow = static_cast<float>(value);
    if (!std::isfinite(narrow))
        throw Error(ErrorCode::invalid_argument, "a feature is infinite or beyond float32",
                    "XGBoost computes in float32, whose largest number is 3.4e38.",
                    "Give NULL where a value is not known, or another unit.");
    return narrow + 0.0f;  // one zero
}

TrainingRows::TrainingRows(std::size_t features) : features_(features) {
    if (features == 0)
        throw Error(ErrorCode::invalid_argument, "features are empty", "", "Give an array of at least one number.");
    if (features > most_features)
        throw Error(
            ErrorCode::limit_exceeded, "too many features",
            "There are " + std::to_string(features) + "; at most " + std::to_string(most_features) + " can be taken.");
}

void TrainingRows::add(std::span<const double> row, double label, const Objective& objective) {
    if (row.size() != features_)
        throw Error(ErrorCode::invalid_argument, "rows have different numbers of features",
                    "One has " + std::to_string(row.size()) + ", those before it " + std::to_string(features_) + ".",
                    "Give every row the same features, NULL where one is not known.");
    const auto narrow = static_cast<float>(label);
    const bool in_range = objective.labels == Labels::any || (objective.labels == Labels::not_negative && label >= 0) ||
                          (objective.labels == Labels::from_0_to_1 && label >= 0 && label <= 1);
    if (!std::isfinite(narrow) || !in_range)
        throw Error(ErrorCode::invalid_argument, "a label does not fit objective " + std::string(objective.name),
                    "It is " + std::to_string(label) + ".",
                    objective.labels == Labels::from_0_to_1    ? "Labels lie between 0 (no) and 1 (yes)."
                    : objective.labels == Labels::not_negative ? "Labels are counts: 0 and above."
                                                               : "Labels are finite numbers of float32.");
    if (values_.size() + features_ > most_values)
        throw Error(ErrorCode::limit_exceeded, "too much to learn from",
                    "At most " + std::to_string(most_values) + " values can be taken, here " +
                        std::to_string(most_values / features_) + " rows.",
                    "Train on a sample of the rows.");
    for (const double value : row) values_.push_back(feature_of(value));
    labels_.push_back(narrow + 0.0f);
}

void TrainingRows::sort(const InterruptCheck& check) {
    std::vector<std::uint32_t> order(size());
    std::iota(order.begin(), order.end(), 0u);
    Pulse pulse(check);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        pulse();
        bool decided = false;
        const bool first = comes_first(&values_[a * features_], &values_[b * features_], features_, decided);
        return decided ? first : labels_[a] < labels_[b];
    });
    std::vector<float> values(values_.size()), labels(size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        pulse();
        std::copy_n(&values_[order[i] * features_], features_, &values[i * features_]);
        labels[i] = labels_[order[i]];
    }
    values_.swap(values);
    labels_.swap(labels);
}

}  // namespace fin::boost
