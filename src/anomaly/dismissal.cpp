#include "anomaly/dismissal.hpp"

#include <algorithm>

#include "ledger/payee.hpp"

namespace fin::anomaly {

namespace {

bool is_payment(const Payment& payment, std::uint32_t row, const ledger::Ledger& ledger) {
    if (ledger.day[row] != payment.booked_on || ledger.amount[row] != payment.amount) return false;
    const auto counterparty = ledger.counterparty[row];
    const std::string_view name = counterparty < 0 ? std::string_view() : ledger.counterparties.text(counterparty);
    if (ledger::payee_key(name) != ledger::payee_key(payment.counterparty)) return false;
    if (!payment.occurrence) return true;
    int before = 0;  // equal rows that come first
    for (std::uint32_t other = row; other-- > 0 && ledger.day[other] == payment.booked_on;)
        before += ledger.amount[other] == payment.amount && ledger.counterparty[other] == counterparty;
    return before + 1 == *payment.occurrence;
}

}  // namespace

std::string key_of(const Finding& finding, const ledger::Ledger& ledger) {
    std::string key(ledger.categories.text(finding.category));
    key += " | ";
    key += ledger.counterparties.text(finding.counterparty);
    return key + " | " + ledger::date_text(finding.booked_on);
}

bool is_dismissed(const Finding& finding, const ledger::Ledger& ledger, const std::vector<Dismissal>& dismissed) {
    return std::ranges::any_of(dismissed, [&](const Dismissal& dismissal) {
        if (dismissal.kind != finding.kind) return false;
        if (finding.row && !dismissal.row_no && dismissal.payment)
            return is_payment(*dismissal.payment, *finding.row, ledger);
        if (finding.row) return dismissal.row_no == ledger.row_no[*finding.row];
        return !dismissal.row_no && dismissal.key == key_of(finding, ledger);
    });
}

}  // namespace fin::anomaly
