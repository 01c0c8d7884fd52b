// Runs every rule and puts the risks in order.
#include "risk/risk.hpp"

#include <algorithm>
#include <array>

#include "risk/find.hpp"
#include "risk/rules.hpp"
#include "risk/score.hpp"

namespace fin::risk {

namespace {

// In the order of the taxonomy; those that read findings and data_quality come behind them.
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
                                  lost_customer};

}  // namespace

std::vector<Risk> judged_risks(const Picture& picture, Findings findings, const Thresholds& thresholds) {
    check_thresholds(thresholds);
    std::vector<Risk> risks;
    const auto add = [&](Found found) {
        if (found) risks.push_back(std::move(*found));
    };
    for (const auto rule : all_rules) add(rule(picture, thresholds));
    add(duplicate_payments(picture, findings, thresholds));
    add(suspicious_payments(picture, findings, thresholds));
    add(data_quality(picture, thresholds));
    return risks;
}

std::vector<Risk> find_risks(const Picture& picture, Findings findings, const Thresholds& thresholds) {
    auto risks = judged_risks(picture, findings, thresholds);
    set_scores(picture, risks);
    // Equal ones keep the order of the taxonomy.
    std::ranges::stable_sort(risks, [](const Risk& a, const Risk& b) {
        return a.severity != b.severity ? a.severity > b.severity : a.score > b.score;
    });
    return risks;
}

std::vector<Risk> find_risks(const metrics::Facts& facts, const Thresholds& thresholds, const InterruptCheck& check) {
    const Picture picture(facts, check);
    const anomaly::Strictness as_shipped;
    const auto findings = anomaly::find_anomalies(
        {facts.ledger, facts.monthly, facts.recurring, picture.usual_expenses, 0, as_shipped, check});
    return find_risks(picture, findings, thresholds);
}

}  // namespace fin::risk
