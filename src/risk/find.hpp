// Risks on a picture that is there already: recommendations read the same one, made once.
#pragma once
#include <vector>

#include "risk/picture.hpp"
#include "risk/risk.hpp"

namespace fin::risk {

std::vector<Risk> find_risks(const Picture& picture, const Thresholds& thresholds = {});

}  // namespace fin::risk
