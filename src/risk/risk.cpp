// Runs every rule and puts the risks in order.
#include "risk/risk.hpp"

#include <algorithm>
#include <array>

#include "anomaly/finding.hpp"
#include "risk/find.hpp"
#include "risk/rules.hpp"
#include "risk/score.hpp"

namespace fin::risk {

namespace {

// In the order of the taxonomy.
constexpr std::array all_rules = {liquidity,
                                  burn_acceleration,
                                  revenue_decline,
                                  margin_erosion,
                                  expense_surge,
                                  customer_concentration,
                                  supplier_concentration,
                                  revenue_volatility,
                                  unprofitable,
                                  payroll_burden,
                                  tax_gap,
                                  negative_cash,
                                  seasonal_dependency,
                                  lost_customer,
                                  duplicate_payments,
                                  suspicious_payments,
                                  data_quality};

}  // namespace

std::vector<Risk> judged_risks(const Picture& picture, const Thresholds& thresholds) {
    check_thresholds(thresholds);
    std::vector<Risk> risks;
    for (const auto rule : all_rules)
        if (auto risk = rule(picture, thresholds)) risks.push_back(std::move(*risk));
    return risks;
}

std::vector<Risk> find_risks(const Picture& picture, const Thresholds& thresholds) {
    auto risks = judged_risks(picture, thresholds);
    set_scores(picture, risks);
    // Equal ones keep the order of the taxonomy.
    std::ranges::stable_sort(risks, [](const Risk& a, const Risk& b) {
        return a.severity != b.severity ? a.severity > b.severity : a.score > b.score;
    });
    return risks;
}

std::vector<Risk> find_risks(const metrics::Facts& facts, const Thresholds& thresholds, const InterruptCheck& check) {
    if (facts.anomalies) return find_risks(Picture(facts, check), thresholds);
    const anomaly::Strictness as_shipped;
    const auto anomalies = anomaly::find_anomalies(
        {facts.ledger, facts.monthly, facts.recurring, ledger::usual_expenses(facts.monthly), 0, as_shipped, check});
    const metrics::Facts all{facts.ledger, facts.monthly, facts.recurring, facts.forecast, &anomalies};
    return find_risks(Picture(all, check), thresholds);
}

}  // namespace fin::risk
