// Models of gradient boosting in XGBoost's JSON: read, checked and evaluated without libxgboost. A model may come from
// anyone; nothing of it is used before all of it is checked.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "boost/objective.hpp"
#include "interrupt.hpp"

namespace fin::boost {

inline constexpr std::size_t most_features = 10'000;
inline constexpr std::size_t most_model_bytes = std::size_t{256} << 20;

class Model {
public:
    // Throws Error{bad_data} for what is no model of trees or contradicts itself: arrays of other sizes than the tree
    // says, children that do not exist or are reached twice, features that the model does not have. Models of other
    // boosters, of several classes and with categorical splits are refused with their name.
    explicit Model(std::string_view json, const InterruptCheck& check = never_interrupted);

    std::size_t features() const { return features_; }
    std::size_t trees() const { return roots_.size(); }
    const Objective& objective() const { return *objective_; }

    // What XGBoost predicts for the row, bit by bit: sums in float32 in the order of the trees. NaN: missing.
    // row.size() == features().
    float predict(std::span<const float> row) const { return objective_->of_margin(margin(row)); }
    float margin(std::span<const float> row) const;

    // The same for rows that lie one behind the other; predictions.size() of them. Faster than one by one: a tree stays
    // near while a block of rows walks through it.
    void predict(std::span<const float> rows, std::span<float> predictions) const;

private:
    // Children lie side by side after their parent, so that one number leads to both.
    struct Node {
        float split;            // goes left where value < split; of a leaf: what it adds
        std::uint32_t child;    // of the left one, the right one follows; 0: a leaf
        std::uint32_t feature;  // the highest bit: where a missing value goes left
    };
    struct Draft;  // a tree as the JSON says it

    void read_learner(class JsonCursor& json, const InterruptCheck& check);
    void read_booster(class JsonCursor& json, const InterruptCheck& check);
    void read_tree(class JsonCursor& json, Draft& tree);
    void add(const Draft& tree);
    float leaf(std::uint32_t root, const float* row) const;

    std::vector<Node> nodes_;
    std::vector<std::uint32_t> roots_;
    std::size_t features_ = 0;
    float base_ = 0;  // margin without any tree
    const Objective* objective_ = nullptr;
};

}  // namespace fin::boost
