// Lines of risks as a workspace's feedback has moved them.
#pragma once
#include <map>
#include <string>

#include "risk/risk.hpp"

namespace fin::risk {

// By code: 1 as shipped, within [0.5, 4]; what fin_recalibrate learns.
using Strictness = std::map<std::string, double, std::less<>>;

// The thresholds with the line from which a risk holds moved by the fourth root of its strictness: at most 1.41 times
// as far away, at least 0.84 times, and never past the line where the risk is high. A line that somebody has set stays
// where it was set; unknown codes are passed over.
Thresholds with_learned(Thresholds set, const Strictness& strictness);

}  // namespace fin::risk
