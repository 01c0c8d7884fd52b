#include "anomaly/dismissal.hpp"

#include <algorithm>

namespace fin::anomaly {

std::string key_of(const Finding& finding, const ledger::Ledger& ledger) {
    std::string key(ledger.categories.text(finding.category));
    key += " | ";
    key += ledger.counterparties.text(finding.counterparty);
    return key + " | " + ledger::date_text(finding.booked_on);
}

bool is_dismissed(const Finding& finding, const ledger::Ledger& ledger, const std::vector<Dismissal>& dismissed) {
    return std::ranges::any_of(dismissed, [&](const Dismissal& dismissal) {
        if (dismissal.kind != finding.kind) return false;
        if (finding.row) return dismissal.row_no == ledger.row_no[*finding.row];
        return !dismissal.row_no && dismissal.key == key_of(finding, ledger);
    });
}

}  // namespace fin::anomaly
