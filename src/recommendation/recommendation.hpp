// What to do about it, with the effect in money (taxonomy, section 4).
#pragma once
#include <string>
#include <vector>

#include "metrics/metrics.hpp"
#include "risk/risk.hpp"

namespace fin::recommendation {

struct Recommendation {
    std::string priority;                  // low, medium, high
    std::string action_en, action_ru;      // one sentence with the figures
    ledger::Money effect_monthly;          // what it adds to cash in a month, from T3 levels
    std::string lever;                     // cut_category, renegotiate_supplier, raise_price, ...
    std::string risk_code;                 // the risk it answers; empty for an opportunity
    std::vector<risk::Evidence> evidence;  // the lever's parameters and the figures used
};

// Highest priority, then largest effect first.
std::vector<Recommendation> recommend(const metrics::Facts& facts, const std::vector<risk::Risk>& risks);

}  // namespace fin::recommendation
