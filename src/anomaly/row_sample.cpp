#include "anomaly/row_sample.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "error.hpp"

namespace fin::anomaly {

namespace {

// At least the 256 rows of one tree, of narrow rows many more than the trees can use.
std::size_t capacity_for(std::size_t features) {
    constexpr std::size_t most_values = 8'000'000, most_rows = 65'536, least_rows = 256;
    return std::clamp(most_values / features, least_rows, most_rows);
}

}  // namespace

void check_features(std::size_t features) {
    if (features == 0)
        throw Error(ErrorCode::invalid_argument, "features are empty", "", "Give an array of at least one number.");
    if (features > most_features)
        throw Error(
            ErrorCode::limit_exceeded, "too many features",
            "There are " + std::to_string(features) + "; at most " + std::to_string(most_features) + " can be taken.");
}

RowSample::RowSample(std::size_t features, std::uint64_t seed)
    : features_((check_features(features), features)), capacity_(capacity_for(features)), seed_(seed), random_(seed) {}

void RowSample::add(std::span<const double> row) {
    if (row.size() != features_)
        throw Error(ErrorCode::invalid_argument, "rows have different numbers of features",
                    "One has " + std::to_string(row.size()) + ", those before it " + std::to_string(features_) + ".",
                    "Give every row the same features, NULL where one is not known.");
    if (std::ranges::all_of(row, [](double value) { return std::isnan(value); })) return;
    if (seen_++ < capacity_) {
        values_.insert(values_.end(), row.begin(), row.end());
    } else if (const std::uint64_t place = random_.below(seen_); place < capacity_) {
        std::ranges::copy(row, values_.begin() + static_cast<std::ptrdiff_t>(place * features_));
    }
}

}  // namespace fin::anomaly
