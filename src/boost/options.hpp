// Options of fin_boost_train. XGBoost's own names are understood too.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "boost/objective.hpp"

namespace fin::boost {

struct Options {
    const Objective* objective = objective_named("binary:logistic");
    int rounds = 100;
    int depth = 6;
    double eta = 0.3;  // how much of each tree is taken
    double gamma = 0;  // least gain of a split
    double subsample = 1, colsample = 1;
    double lambda = 1, alpha = 0;  // L2 and L1 on leaves
    double min_child_weight = 1;
    double base_score = 0.5;
    double scale_pos_weight = 1;
    int max_bin = 256;
    std::int64_t seed = 0;
    std::string tree_method = "hist";
    int threads = 1;
    std::vector<int> monotone;  // of the first features: 1 grows, -1 falls, 0 either; shorter than the row: 0

    // `text` is a JSON object. Throws Error{invalid_argument} naming the option that is unknown or out of bounds.
    static Options parse(std::string_view text, int cores);
};

}  // namespace fin::boost
