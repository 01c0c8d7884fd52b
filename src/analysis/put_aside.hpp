// Risks and recommendations of a report that a person has put aside.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "recommendation/recommendation.hpp"
#include "risk/risk.hpp"

namespace fin::analysis {

struct PutAside {
    enum class What { risk, recommendation } what = What::risk;
    std::string code;                           // of the risk; the recommendation's lever
    std::optional<std::string> risk_code = {};  // that the recommendation answers; absent: any
    std::optional<Severity> severity = {};      // of the risk when it was put aside
};

// Leaves out what was put aside. A risk that has become worse since is there again.
void leave_out(std::vector<risk::Risk>& risks, const std::vector<PutAside>& put_aside);
void leave_out(std::vector<recommendation::Recommendation>& recommendations, const std::vector<PutAside>& put_aside);

}  // namespace fin::analysis
