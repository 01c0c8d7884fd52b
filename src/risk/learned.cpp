#include "risk/learned.hpp"

#include <algorithm>
#include <cmath>

#include "risk/thresholds.hpp"

namespace fin::risk {

Thresholds with_learned(Thresholds set, const Strictness& strictness) {
    for (const auto& [code, strict] : strictness) {
        const auto rule = std::ranges::find(default_rules(), code, &Rule::code);
        if (rule == default_rules().end() || !std::isfinite(strict) || strict <= 0) continue;
        Lines& lines = set[code];
        if (lines.medium) continue;
        const double factor = std::pow(std::clamp(strict, 0.5, 4.0), 0.25);
        // A positive line that is held from below comes nearer to zero as it becomes stricter.
        double line = rule->below && rule->medium > 0 ? rule->medium / factor : rule->medium * factor;
        if (const auto high = lines.high ? lines.high : rule->high)
            line = rule->below ? std::max(line, *high) : std::min(line, *high);
        lines.medium = line;
    }
    return set;
}

}  // namespace fin::risk
