// What a person is told about an odd row: what was expected, what was found, why it is odd.
#pragma once
#include <string>

#include "anomaly/rows/history.hpp"
#include "anomaly/words.hpp"

namespace fin::anomaly {

std::string sentence(const History& history, const Suspect& suspect, Language language);

}  // namespace fin::anomaly
