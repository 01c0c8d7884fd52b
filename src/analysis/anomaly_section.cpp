// The anomalies of the document, in the order in which a person should read them.
#include <cmath>

#include "analysis/facts.hpp"
#include "anomaly/dismissal.hpp"

namespace fin::analysis {

using json::Writer;

namespace {

void write_money(Writer& out, std::string_view key, const std::optional<ledger::Money>& amount) {
    out.key(key);
    if (amount)
        out.value(*amount);
    else
        out.null();
}

void write_name(Writer& out, std::string_view key, std::string_view text) {
    out.key(key);
    if (text.empty())
        out.null();
    else
        out.value(text);
}

}  // namespace

void write_anomalies(Writer& out, const Findings& findings) {
    const auto& ledger = findings.facts.ledger;
    out.begin_array();
    if (findings.facts.anomalies)
        for (const auto& finding : *findings.facts.anomalies) {
            out.begin_object().key("row_no");
            if (finding.row)
                out.value(static_cast<std::int64_t>(ledger.row_no[*finding.row]));
            else
                out.null();
            out.field("booked_on", ledger::date_text(finding.booked_on));
            write_money(out, "amount", finding.amount);
            write_name(out, "category", ledger.categories.text(finding.category));
            write_name(out, "counterparty", ledger.counterparties.text(finding.counterparty));
            out.field("kind", anomaly::name(finding.kind));
            out.field("score", std::round(finding.score * 1e4) / 1e4).field("severity", name(finding.severity));
            write_money(out, "expected", finding.expected);
            out.field("reason", findings.language == Language::ru ? finding.reason_ru : finding.reason_en);
            out.field("at_stake", finding.at_stake);
            // What it is dismissed by where no row stands for it.
            write_name(out, "key", finding.row ? std::string() : anomaly::key_of(finding, ledger));
            out.end_object();
        }
    out.end_array();
}

}  // namespace fin::analysis
