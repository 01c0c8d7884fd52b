// What the model of the score learns from: the risks of simulated companies, as it reads them, with what followed.
#pragma once
#include <cstdint>
#include <vector>

#include "risk/score.hpp"

namespace fin::risk_model {

struct Example {
    risk::ScoreRow row;
    risk::Severity severity;
    double line_score;  // of judge()
    double score;       // as shipped
    bool trouble;
};

// The risks of one company; none where it has none.
std::vector<Example> examples_of(std::uint64_t seed);

}  // namespace fin::risk_model
