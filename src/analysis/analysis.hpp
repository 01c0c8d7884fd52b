// Puts the analysis document together: every engine's answer about one ledger, as JSON.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/put_aside.hpp"
#include "anomaly/dismissal.hpp"
#include "anomaly/finding.hpp"
#include "interrupt.hpp"
#include "ledger/builder.hpp"
#include "ledger/kinds.hpp"
#include "risk/learned.hpp"
#include "risk/risk.hpp"

namespace fin::analysis {

// What the caller asks for; unknown keys are refused by name.
struct Options {
    std::optional<std::string> language;           // en, ru; absent: the workspace's
    std::optional<std::string> currency;           // with rates: the currency of the figures
    std::map<std::string, double> rates;           // units of `currency` for one unit of the key
    std::optional<ledger::Money> opening_balance;  // cash before the first row

    static Options parse(std::string_view json);
    std::string canonical() const;  // sorted keys: equal options give equal text
};

// Everything the document is made of. Nothing else goes in: no clock, no randomness, no user.
struct Subject {
    std::string report_id;
    std::string engine;        // version
    std::string content_hash;  // of the rows
    std::string language;      // en, ru
    std::size_t rows = 0;      // stored rows, of every currency
    std::size_t skipped = 0;   // failed, pending and total rows of the file
    std::size_t without_date_or_amount = 0;
    ledger::Built built;
    ledger::KindRules rules;
    risk::Thresholds thresholds;
    anomaly::Strictness strictness;             // what the workspace has learnt from feedback; absent: as shipped
    std::vector<anomaly::Dismissal> dismissed;  // anomalies that are not to be listed again
    std::vector<PutAside> put_aside;            // risks and recommendations that are not
    risk::Strictness risk_strictness;           // as strictness, by code
};

// The document (JSON object, see docs/analysis.md). Same subject, same bytes.
// Throws Error{limit_exceeded} for more than 20,000 categories and where it would be larger than 32 MB.
std::string document(Subject& subject, const InterruptCheck& check = never_interrupted);

}  // namespace fin::analysis
