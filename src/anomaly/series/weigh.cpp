#include "anomaly/series/weigh.hpp"

#include <algorithm>
#include <cmath>

#include "anomaly/score.hpp"

namespace fin::anomaly::series {

namespace {

constexpr double greatest = static_cast<double>(ledger::Money::greatest) / ledger::Money::scale;

}  // namespace

ledger::Money money_of(double value) {
    if (!std::isfinite(value)) return {};
    return ledger::Money::of(std::clamp(value, -greatest, greatest));
}

double of_many(double p, double tests) {
    return std::clamp(-std::expm1(tests * std::log1p(-std::min(p, 0.999999))), 0.0, 1.0);
}

void weigh(Finding& finding, const Setting& setting, double at_stake, double share_money, const Lines& lines) {
    const double strict = setting.strict(finding.kind);
    finding.at_stake = money_of(std::abs(at_stake));
    const double share = setting.month_expenses > 0 ? std::abs(share_money) / setting.month_expenses : 0;
    finding.severity = Severity::low;
    if (finding.p * strict <= lines.p) {
        const double against = share / strict;
        if (against >= lines.medium) finding.severity = Severity::medium;
        if (against >= lines.high) finding.severity = Severity::high;
        if (against >= lines.critical) finding.severity = Severity::critical;
    }
    finding.severity = std::min(finding.severity, lines.most);
    const double floor = lines.medium * strict * setting.month_expenses;
    finding.score = score_of(finding.p, std::abs(share_money), floor, finding.severity);
}

}  // namespace fin::anomaly::series
