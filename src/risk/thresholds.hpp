// Lines where a risk begins to hold, is high, is critical; and the score that orders risks.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "risk/risk.hpp"

namespace fin::risk {

struct Rule {
    std::string_view code;
    double medium;  // the risk holds from here
    std::optional<double> high, critical;
    bool below;   // smaller values are worse
    bool strict;  // the line itself does not hold
};

// Every code of the taxonomy, section 3, in its order, with the default lines.
std::span<const Rule> default_rules();

// The code's rule with what the thresholds say instead. Throws Error{invalid_argument} for an unknown code.
Rule rule_of(std::string_view code, const Thresholds& thresholds);

// Throws Error{invalid_argument} where a threshold names no code or is no number.
void check_thresholds(const Thresholds& thresholds);

struct Verdict {
    Severity severity;
    double score;
    double line;  // where the risk begins to hold
};

// low: not over the line, but within 15 % of it (a line of 0 has no watch list). nullopt: nothing to say.
// Score: low 0.10-0.30, medium 0.30-0.55, high 0.55-0.80, critical 0.80-1, growing with the distance past the line in
// each band, so it never falls while the value worsens.
std::optional<Verdict> judge(const Rule& rule, double value);

}  // namespace fin::risk
