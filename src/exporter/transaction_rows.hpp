// Transactions on their way from the server process, which reads them, to pg_fin_helper, which writes them into a
// workbook. One after the other, each: its length (4 bytes, little-endian, without these four), row number and amount
// in ten-thousandths (8 bytes each, little-endian: exact), then date, currency, category, kind, counterparty, account
// and description as UTF-8, each with its length before it (4 bytes).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/money.hpp"

namespace fin::exporter {

struct TransactionRow {
    std::int64_t row_no = 0;
    std::string_view booked_on;  // 2017-03-31
    ledger::Money amount;
    std::string_view currency, category, kind, counterparty, account, description;
};

// Rows of a sheet less its head.
inline constexpr std::size_t most_transactions = 1'048'575;
// Bytes of one row: what is longer is no transaction.
inline constexpr std::size_t longest_transaction = std::size_t{64} << 20;

void append_row(std::string& out, const TransactionRow& row);

// Takes bytes as they come and gives whole rows.
class RowReader {
public:
    void feed(std::string_view bytes);
    // False where no whole row is there yet. The texts live until the next call of feed().
    // Throws Error{bad_data} for bytes that are no row.
    bool next(TransactionRow& row);
    // True where a row has begun and not ended.
    bool in_the_middle() const { return at_ < buffer_.size(); }

private:
    std::string buffer_;
    std::size_t at_ = 0;
};

}  // namespace fin::exporter
