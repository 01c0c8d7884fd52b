// Isolation forest (Liu, Ting, Zhou 2008): rows that few random cuts separate from the rest are anomalies.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "anomaly/isolation_walk.hpp"
#include "anomaly/row_sample.hpp"
#include "interrupt.hpp"

namespace fin::anomaly {

// The paper's settings: 100 trees of 256 rows each, grown to a height of log2(256) = tree_height.
inline constexpr std::size_t forest_trees = 100, tree_rows = 256;

// Grows a forest and returns it as a model: portable bytes, described in isolation_model.hpp. The same rows give the
// same model, in whatever order they came as long as the sample holds all of them.
// A missing value counts as the feature's median, an infinite one as its greatest or least finite value; a feature
// that is constant or never known is not cut. Throws Error{bad_data} for a sample without rows.
std::string fit_isolation_forest(const RowSample& sample, const InterruptCheck& check = never_interrupted);

// A model made ready for scoring.
class IsolationForest {
public:
    // Throws Error{bad_data} for bytes that fit_isolation_forest has not made; they may come from anyone.
    explicit IsolationForest(std::string_view model);

    std::size_t features() const { return scales_.size(); }

    // scores[i] of the i-th of the rows that lie one behind the other: 2^(-E[h] / c(n)), in (0, 1); the higher the
    // stranger, about 0.5 for a row like all others. NaN for a row without any known value.
    void score(std::span<const double> rows, std::span<double> scores,
               const InterruptCheck& check = never_interrupted) const;

private:
    // How a value becomes the unsigned number that thresholds are compared with; see isolation_model.hpp.
    struct Scale {
        double least, factor;
        std::uint32_t missing;
    };

    void read_tree(class ModelReader& reader, FlatTree& tree, std::size_t sample) const;
    void fill_block(std::span<const double> rows, std::size_t count, std::uint32_t* columns) const;

    std::vector<Scale> scales_;
    std::vector<FlatTree> trees_;
    double normal_path_ = 0;  // c(n)
};

}  // namespace fin::anomaly
