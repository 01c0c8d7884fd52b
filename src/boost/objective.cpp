#include "boost/objective.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fin::boost {

namespace {

constexpr std::array objectives = {
    Objective{"binary:logistic", Link::logistic, Labels::from_0_to_1},
    // Answers the margin itself, and takes base_score for one.
    Objective{"binary:logitraw", Link::identity, Labels::from_0_to_1},
    Objective{"reg:logistic", Link::logistic, Labels::from_0_to_1},
    Objective{"reg:squarederror", Link::identity, Labels::any},
    Objective{"count:poisson", Link::logarithm, Labels::not_negative},
};

}  // namespace

// The three formulas are XGBoost's own, in float32: another way to write them would differ in the last bit.
float Objective::margin_of(float base_score) const {
    switch (link) {
        case Link::logistic: return -std::log(1.0f / base_score - 1.0f);
        case Link::logarithm: return std::log(base_score);
        case Link::identity: break;
    }
    return base_score;
}

float Objective::of_margin(float margin) const {
    switch (link) {
        case Link::logistic: return 1.0f / (std::exp(std::min(-margin, 88.7f)) + 1.0f + 1e-16f);
        case Link::logarithm: return std::exp(margin);
        case Link::identity: break;
    }
    return margin;
}

bool Objective::holds(float base_score) const {
    switch (link) {
        case Link::logistic: return base_score > 0 && base_score < 1;
        case Link::logarithm: return base_score > 0 && std::isfinite(base_score);
        case Link::identity: break;
    }
    return std::isfinite(base_score);
}

const Objective* objective_named(std::string_view name) {
    const auto found = std::ranges::find(objectives, name, &Objective::name);
    return found == objectives.end() ? nullptr : &*found;
}

std::string objective_names() {
    std::string names;
    for (const Objective& objective : objectives) names += (names.empty() ? "" : ", ") + std::string(objective.name);
    return names;
}

}  // namespace fin::boost
