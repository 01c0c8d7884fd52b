// Risks on a picture that is there already: recommendations read the same one, made once.
#pragma once
#include <vector>

#include "risk/picture.hpp"
#include "risk/risk.hpp"

namespace fin::risk {

// duplicate_payments and suspicious_payments count the money in the findings of picture.facts.anomalies and look for
// nothing themselves: without findings they say nothing.
std::vector<Risk> find_risks(const Picture& picture, const Thresholds& thresholds = {});

// The same in the order of the taxonomy, with the scores of judge(): what the model of the score learns from.
std::vector<Risk> judged_risks(const Picture& picture, const Thresholds& thresholds = {});

}  // namespace fin::risk
