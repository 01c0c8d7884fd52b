// How grave a finding is: one scale for anomalies and risks. low is a watch list; medium and above holds.
#pragma once
#include <cstdint>
#include <string_view>

namespace fin {

enum class Severity : std::uint8_t { low, medium, high, critical };

constexpr std::string_view name(Severity severity) {
    switch (severity) {
        case Severity::low: return "low";
        case Severity::medium: return "medium";
        case Severity::high: return "high";
        case Severity::critical: return "critical";
    }
    return {};
}

}  // namespace fin
