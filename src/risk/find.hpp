// Risks on a picture that is there already: recommendations read the same one, made once.
#pragma once
#include <span>
#include <vector>

#include "anomaly/finding.hpp"
#include "risk/picture.hpp"
#include "risk/risk.hpp"

namespace fin::risk {

// `findings` of the same ledger (anomaly::find_anomalies): duplicate_payments and suspicious_payments count the money
// in them and look for nothing themselves.
std::vector<Risk> find_risks(const Picture& picture, std::span<const anomaly::Finding> findings,
                             const Thresholds& thresholds = {});

// The same in the order of the taxonomy, with the scores of judge(): what the model of the score learns from.
std::vector<Risk> judged_risks(const Picture& picture, std::span<const anomaly::Finding> findings,
                               const Thresholds& thresholds = {});

}  // namespace fin::risk
