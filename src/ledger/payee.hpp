// One name for one counterparty, whatever a bank adds to it.
#pragma once
#include <string>
#include <string_view>

namespace fin::ledger {

// Key of a counterparty text (UTF-8): case folded, card and reference numbers, dates, punctuation and legal-form
// suffixes taken off, spaces joined. Never empty for non-empty text. "ACME Inc. 003392" and "acme inc" share a key.
std::string payee_key(std::string_view text);

}  // namespace fin::ledger
