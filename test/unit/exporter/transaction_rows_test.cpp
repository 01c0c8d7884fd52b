#include "exporter/transaction_rows.hpp"

#include "error.hpp"

namespace fin::exporter {
namespace {

TransactionRow sample() {
    return {1'048'575, "2017-01-31", ledger::Money{-9'000'000'000'000'000'000}, "USD", "=cmd|x", "",
            "A\tB\nC", "Счёт",       std::string_view("bad\xff\0text", 9)};
}

void expect_same(const TransactionRow& one, const TransactionRow& other) {
    EXPECT_EQ(one.row_no, other.row_no);
    EXPECT_EQ(one.amount.units, other.amount.units);
    EXPECT_EQ(one.booked_on, other.booked_on);
    EXPECT_EQ(one.currency, other.currency);
    EXPECT_EQ(one.category, other.category);
    EXPECT_EQ(one.kind, other.kind);
    EXPECT_EQ(one.counterparty, other.counterparty);
    EXPECT_EQ(one.account, other.account);
    EXPECT_EQ(one.description, other.description);
}

TEST(TransactionRows, ComeAsTheyWentWhereverTheyAreCut) {
    std::string bytes;
    append_row(bytes, sample());
    append_row(bytes, {});
    append_row(bytes, sample());
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{50}, bytes.size()}) {
        RowReader reader;
        std::size_t rows = 0;
        TransactionRow row;
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            reader.feed(std::string_view(bytes).substr(at, piece));
            for (; reader.next(row); ++rows) expect_same(row, rows == 1 ? TransactionRow{} : sample());
        }
        EXPECT_EQ(rows, 3U) << piece;
        EXPECT_FALSE(reader.in_the_middle());
    }
}

TEST(TransactionRows, KnowWhenOneIsCut) {
    std::string bytes;
    append_row(bytes, sample());
    RowReader reader;
    reader.feed(std::string_view(bytes).substr(0, bytes.size() - 1));
    TransactionRow row;
    EXPECT_FALSE(reader.next(row));
    EXPECT_TRUE(reader.in_the_middle());
}

TEST(TransactionRows, RefuseWhatIsNone) {
    const auto read = [](const std::string& bytes) {
        RowReader reader;
        reader.feed(bytes);
        TransactionRow row;
        return reader.next(row);
    };
    EXPECT_THROW(read("\xff\xff\xff\xff"), Error);               // longer than any row
    EXPECT_THROW(read(std::string("\x03\0\0\0abc", 7)), Error);  // too short for its numbers
    std::string bytes;
    append_row(bytes, {});
    EXPECT_TRUE(read(bytes));
    bytes[20] = '\x7f';  // the first text would be longer than its row
    EXPECT_THROW(read(bytes), Error);
    bytes[20] = '\0', bytes[0] = static_cast<char>(bytes[0] + 1);  // a row longer than its parts
    EXPECT_THROW(read(bytes + "x"), Error);
}

}  // namespace
}  // namespace fin::exporter
