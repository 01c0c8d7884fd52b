// One function for each risk of the taxonomy, section 3. Each says nothing below its minimum history.
#pragma once
#include <optional>

#include "risk/picture.hpp"
#include "risk/risk.hpp"
#include "risk/thresholds.hpp"
#include "risk/wording.hpp"

namespace fin::risk {

using Found = std::optional<Risk>;

// liquidity.cpp
Found liquidity(const Picture& picture, const Thresholds& thresholds);
Found burn_acceleration(const Picture& picture, const Thresholds& thresholds);
Found negative_cash(const Picture& picture, const Thresholds& thresholds);
// revenue.cpp
Found revenue_decline(const Picture& picture, const Thresholds& thresholds);
Found revenue_volatility(const Picture& picture, const Thresholds& thresholds);
Found seasonal_dependency(const Picture& picture, const Thresholds& thresholds);
// margin.cpp
Found margin_erosion(const Picture& picture, const Thresholds& thresholds);
Found unprofitable(const Picture& picture, const Thresholds& thresholds);
Found payroll_burden(const Picture& picture, const Thresholds& thresholds);
// expenses.cpp
Found expense_surge(const Picture& picture, const Thresholds& thresholds);
// concentration.cpp
Found customer_concentration(const Picture& picture, const Thresholds& thresholds);
Found supplier_concentration(const Picture& picture, const Thresholds& thresholds);
Found lost_customer(const Picture& picture, const Thresholds& thresholds);
// tax.cpp
Found tax_gap(const Picture& picture, const Thresholds& thresholds);
// payments.cpp
Found duplicate_payments(const Picture& picture, const Thresholds& thresholds);
Found suspicious_payments(const Picture& picture, const Thresholds& thresholds);
// data_quality.cpp
Found data_quality(const Picture& picture, const Thresholds& thresholds);

// A risk with severity, score and line of the verdict; titles, further evidence and impact are the rule's.
inline Risk risk_of(const Rule& rule, const Verdict& verdict, double value) {
    Risk risk;
    risk.code = rule.code;
    risk.severity = verdict.severity;
    risk.score = verdict.score;
    risk.evidence = {{"value", value}, {"line", verdict.line}};
    return risk;
}

inline std::optional<ledger::Money> money(double amount) { return ledger::Money::of(amount); }

}  // namespace fin::risk
