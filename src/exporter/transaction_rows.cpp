#include "exporter/transaction_rows.hpp"

#include "error.hpp"

namespace fin::exporter {

namespace {

constexpr std::size_t length_bytes = 4, number_bytes = 8;

void append_number(std::string& out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i);
}

std::uint64_t number_at(std::string_view bytes, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
    return value;
}

[[noreturn]] void no_row(const char* why) { throw Error(ErrorCode::bad_data, "bytes that are no transaction", why); }

// The parts of one row, from its beginning.
class Parts {
public:
    explicit Parts(std::string_view rest) : rest_(rest) {}
    std::string_view take(std::size_t size) {
        if (size > rest_.size()) no_row("A part is longer than its row.");
        const std::string_view part = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return part;
    }
    std::uint64_t number(std::size_t size) { return number_at(take(size), size); }
    std::string_view text() { return take(number(length_bytes)); }
    bool empty() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

}  // namespace

void append_row(std::string& out, const TransactionRow& row) {
    const std::string_view texts[] = {row.booked_on,    row.currency, row.category,   row.kind,
                                      row.counterparty, row.account,  row.description};
    std::size_t size = 2 * number_bytes;
    for (const std::string_view text : texts) size += length_bytes + text.size();
    if (size > longest_transaction) throw Error(ErrorCode::limit_exceeded, "a transaction's texts are too long");
    append_number(out, size, length_bytes);
    append_number(out, static_cast<std::uint64_t>(row.row_no), number_bytes);
    append_number(out, static_cast<std::uint64_t>(row.amount.units), number_bytes);
    for (const std::string_view text : texts) {
        append_number(out, text.size(), length_bytes);
        out += text;
    }
}

void RowReader::feed(std::string_view bytes) {
    buffer_.erase(0, at_);
    at_ = 0;
    buffer_ += bytes;
}

bool RowReader::next(TransactionRow& row) {
    const std::string_view rest = std::string_view(buffer_).substr(at_);
    if (rest.size() < length_bytes) return false;
    const auto size = static_cast<std::size_t>(number_at(rest, length_bytes));
    if (size > longest_transaction) no_row("It is longer than any may be.");
    if (rest.size() - length_bytes < size) return false;
    Parts parts(rest.substr(length_bytes, size));
    row.row_no = static_cast<std::int64_t>(parts.number(number_bytes));
    row.amount.units = static_cast<std::int64_t>(parts.number(number_bytes));
    for (std::string_view* text :
         {&row.booked_on, &row.currency, &row.category, &row.kind, &row.counterparty, &row.account, &row.description})
        *text = parts.text();
    if (!parts.empty()) no_row("It is longer than its parts.");
    at_ += length_bytes + size;
    return true;
}

}  // namespace fin::exporter
