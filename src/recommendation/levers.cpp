// The arithmetic of the levers.
#include "recommendation/levers.hpp"

#include <algorithm>
#include <cmath>

namespace fin::recommendation {

namespace {

constexpr double days_a_month = 365.25 / 12;

Effect part_of_spending(const char* whose, const std::string& name, double spending, double percent) {
    return {spending * percent,
            {{whose, 0, name},
             {"spending_monthly", spending},
             {"percent", percent},
             {"formula", 0, "spending_monthly * percent"}}};
}

// Money that comes or stays once, because a flow moves by some days; it is spread over a year.
Effect moved_by_days(const std::string& flow, double monthly, double days) {
    const double once = monthly / days_a_month * days;
    return {once / months_of_one_off,
            {{flow, monthly},
             {"days", days},
             {"one_off", once},
             {"formula", 0, "one_off = " + flow + " / 30.4375 * days; one_off / 12"}}};
}

}  // namespace

Effect cut_category(const std::string& category, double spending, double percent) {
    return part_of_spending("category", category, spending, percent);
}

Effect renegotiate_supplier(const std::string& supplier, double spending, double percent) {
    return part_of_spending("supplier", supplier, spending, percent);
}

Effect raise_price(double revenue, double percent) {
    const double lost = percent / 2;
    return {revenue * ((1 + percent) * (1 - lost) - 1),
            {{"revenue_monthly", revenue},
             {"percent", percent},
             {"volume_lost", lost},
             {"formula", 0, "revenue_monthly * ((1 + percent) * (1 - volume_lost) - 1)"}}};
}

Effect collect_earlier(double revenue, double days) { return moved_by_days("revenue_monthly", revenue, days); }

Effect delay_payment(double purchases, double days) { return moved_by_days("purchases_monthly", purchases, days); }

Effect diversify_customer(const std::string& customer, double share, double target, double revenue, double margin,
                          const PayerHistory& history) {
    Effect effect;
    effect.evidence = {{"customer", 0, customer},
                       {"share", share},
                       {"target_share", target},
                       {"revenue_monthly", revenue},
                       {"margin_after_cogs", margin},
                       {"regular_payers", static_cast<double>(history.regular)},
                       {"lost_payers", static_cast<double>(history.lost)}};
    if (history.regular < 5 || history.lost == 0) {
        effect.evidence.push_back({"reason", 0,
                                   history.regular < 5
                                       ? "effect 0: fewer than 5 regular payers tell no chance of losing one"
                                       : "effect 0: no regular payer was lost, so no loss can be expected"});
        return effect;
    }
    const double chance = static_cast<double>(history.lost) / history.regular / 3;
    effect.monthly = std::max(0.0, share - target) * revenue * std::clamp(margin, 0.0, 1.0) * chance;
    effect.evidence.push_back({"loss_chance_monthly", chance});
    effect.evidence.push_back(
        {"formula", 0, "(share - target_share) * revenue_monthly * margin_after_cogs * loss_chance_monthly"});
    return effect;
}

Effect replace_customer(const std::string& customer, double lost_revenue, double replaced, double margin) {
    return {lost_revenue * replaced * std::clamp(margin, 0.0, 1.0),
            {{"customer", 0, customer},
             {"lost_revenue_monthly", lost_revenue},
             {"replaced", replaced},
             {"margin_after_cogs", margin},
             {"formula", 0, "lost_revenue_monthly * replaced * margin_after_cogs"}}};
}

Effect freeze_hiring(double growth_per_month, int months) {
    return {std::max(0.0, growth_per_month) * (months + 1) / 2,
            {{"payroll_growth_per_month", growth_per_month},
             {"months", static_cast<double>(months)},
             {"formula", 0, "payroll_growth_per_month * (months + 1) / 2"}}};
}

Effect recover_duplicate(const std::string& row_nos, double money) {
    return {money / months_of_one_off, {{"row_nos", 0, row_nos}, {"one_off", money}, {"formula", 0, "one_off / 12"}}};
}

Effect cancel_recurring(const std::string& series, double monthly_amount, int hits) {
    return {monthly_amount,
            {{"series", 0, series},
             {"monthly_amount", monthly_amount},
             {"payments", static_cast<double>(hits)},
             {"formula", 0, "monthly_amount"}}};
}

Effect build_reserve(double months, double monthly_need, double cash_at_hand, const std::string& reason) {
    const double target = months * monthly_need;
    return {0,
            {{"months", months},
             {"monthly_need", monthly_need},
             {"target", target},
             {"missing", std::max(0.0, target - cash_at_hand)},
             {"reason", 0, "effect 0: " + reason}}};
}

}  // namespace fin::recommendation
