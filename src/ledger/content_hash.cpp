#include "ledger/content_hash.hpp"

namespace fin::ledger {

// Lengths before texts and little-endian numbers: no two different rows write the same bytes.
void ContentHash::number(std::int64_t content) {
    const auto bits = static_cast<std::uint64_t>(content);
    for (int shift = 0; shift < 64; shift += 8) buffer_ += static_cast<char>(bits >> shift & 0xff);
}

void ContentHash::text(std::string_view content) {
    number(static_cast<std::int64_t>(content.size()));
    buffer_ += content;
}

void ContentHash::add(const Row& row) {
    number(row.row_no);
    number(row.booked_on);
    number(row.amount.units);
    for (const auto content : {row.currency, row.category, row.counterparty, row.account, row.description})
        text(content);
    number(row.balance ? 1 : 0);
    number(row.balance ? row.balance->units : 0);
    if (buffer_.size() > 60'000) flush();
}

void ContentHash::flush() {
    hash_.add(buffer_);
    buffer_.clear();
}

std::string ContentHash::hex() {
    flush();
    return hash_.hex();
}

}  // namespace fin::ledger
