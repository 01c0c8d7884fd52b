// Metrics and risks as people call them, for the models' fact pack.
#pragma once
#include <string_view>

#include "review/fact.hpp"

namespace fin::review {

// "operating margin" / "операционная маржа"; the code itself where the list has no name.
std::string_view metric_name(std::string_view code, Language language);
std::string_view risk_name(std::string_view code, Language language);
std::string_view anomaly_name(std::string_view kind, Language language);

// How the evidence `value` of a risk reads: ratio, times, months, points (of a share), count, ratio/month.
std::string_view risk_unit(std::string_view code);

}  // namespace fin::review
