// What boosting learns: how a sum of trees becomes a prediction, and which labels make sense.
#pragma once
#include <string>
#include <string_view>

namespace fin::boost {

enum class Link { identity, logistic, logarithm };
enum class Labels { any, from_0_to_1, not_negative };

struct Objective {
    std::string_view name;  // XGBoost's
    Link link;              // of base_score and predictions
    Labels labels;

    float margin_of(float base_score) const;  // the sum that stands for base_score
    float of_margin(float margin) const;
    bool holds(float base_score) const;  // whether margin_of is defined
};

const Objective* objective_named(std::string_view name);  // nullptr: unknown
std::string objective_names();                            // for messages

}  // namespace fin::boost
