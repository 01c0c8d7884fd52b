// Risks that hold (taxonomy, section 3).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interrupt.hpp"
#include "metrics/metrics.hpp"
#include "severity.hpp"

namespace fin::risk {

using fin::name;
using fin::Severity;

struct Evidence {
    std::string name;  // snake_case: the number's name
    double value;      // used where text is empty
    std::string text = {};
};

struct Risk {
    std::string code;
    Severity severity;
    double score;                    // 0..1, comparable between codes; orders the list
    std::string title_en, title_ru;  // one sentence with the figures
    std::vector<Evidence> evidence;
    std::optional<ledger::Money> impact;  // money per month at stake
};

// Lines where a risk begins to hold (medium), and where it is high and critical; unset: the defaults of the taxonomy.
struct Lines {
    std::optional<double> medium, high, critical;
};
using Thresholds = std::map<std::string, Lines, std::less<>>;  // by code

// Risks that hold or are close to the line (low), most severe and highest score first.
// One planted row flips none: flows are read through robust_flows.hpp; cash keeps every row.
// Looks for the ledger's anomalies first where facts.anomalies has none.
std::vector<Risk> find_risks(const metrics::Facts& facts, const Thresholds& thresholds = {},
                             const InterruptCheck& check = never_interrupted);

}  // namespace fin::risk
