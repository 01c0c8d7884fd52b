// XLS workbooks, made of records: what formulas gave, empty shared texts, hidden rows and sheets, merged cells, texts
// that a record cuts, the old encodings.
#include "old_workbook.hpp"

using namespace fin;
using namespace fin::helper;
using namespace fin::helper::test;

namespace {

TEST(OldWorkbook, GivesWhatFormulasGave) {
    Old book;
    book.before = formats;
    book.sheets = {formula(0, 0, double_bytes(-61.5)) + formula(0, 1, double_bytes(45292), 1) +
                   formula(0, 2, marked(0, 0)) + record(0x207, bytes_of(4, 2) + std::string(1, '\0') + "text") +
                   formula(0, 3, marked(1, 1)) + formula(0, 4, marked(2, 0x07)) + number(0, 5, 2.5)};
    EXPECT_EQ(read_sheet(book.bytes()).text, "-61.5\t2024-01-01\ttext\tTRUE\t#DIV/0!\t2.5\n");
}

TEST(OldWorkbook, TellsEmptySharedTextsFromTheirNeighbours) {
    const auto text = [](const std::string& letters, unsigned flags = 0) {
        return bytes_of(flags ? letters.size() / 2 : letters.size(), 2) + bytes_of(flags, 1) + letters;
    };
    Old book;
    // The last text is cut by the end of its record and goes on in wide characters.
    book.before = record(0xFC, bytes_of(4, 4) + bytes_of(4, 4) + text("first") + text("") + text("third") +
                                   bytes_of(6, 2) + std::string(1, '\0') + "cut") +
                  record(0x3C, std::string("\x01", 1) + std::string(" \x00"
                                                                    "i\x00"
                                                                    "t\x00",
                                                                    6));
    book.sheets = {shared(0, 0, 0) + shared(0, 1, 1) + shared(0, 2, 2) + shared(0, 3, 3)};
    EXPECT_EQ(read_sheet(book.bytes()).text, "first\t\tthird\tcut it\n");
}

// The longest that a cell can have, over five records.
TEST(OldWorkbook, ReadsTextsOfManyRecords) {
    std::string text;
    while (text.size() < 32'767) text += static_cast<char>('a' + text.size() % 23);
    Old book;
    book.before = record(
        0xFC, bytes_of(1, 4) + bytes_of(1, 4) + bytes_of(text.size(), 2) + bytes_of(0, 1) + text.substr(0, 8000));
    for (std::size_t at = 8000; at < text.size(); at += 8000)
        book.before += record(0x3C, bytes_of(0, 1) + text.substr(at, 8000));
    book.sheets = {shared(0, 0, 0) + number(0, 1, 1.5) + shared(1, 1, 0)};
    EXPECT_EQ(read_sheet(book.bytes()).text, text + "\t1.5\n\t" + text + "\n");
}

TEST(OldWorkbook, KnowsHiddenRowsMergedCellsAndTheYear1904) {
    std::string rows = label(0, 0, "Date") + label(0, 1, "Amount");
    for (unsigned i = 1; i <= 3; ++i) rows += number(i, 1, -1.5 * i);
    rows += number(1, 0, 43830, 1);  // 2024-01-01 counted from 1904
    rows += record(0x208, bytes_of(3, 2) + bytes_of(0, 10) + bytes_of(0x20, 2) + bytes_of(0, 2));
    rows += record(0xE5, bytes_of(1, 2) + bytes_of(1, 2) + bytes_of(3, 2) + bytes_of(0, 2) + bytes_of(0, 2));
    Old book;
    book.before = formats + record(0x22, bytes_of(1, 2));
    book.sheets = {rows};
    const auto sheet = read_sheet(book.bytes());
    EXPECT_EQ(sheet.text, "Date\tAmount\n2024-01-01\t-1.5\n2024-01-01\t-3\n2024-01-01\t-4.5\n");
    ASSERT_EQ(sheet.warnings.size(), 1U);
    EXPECT_NE(sheet.warnings[0].find("1 row of the sheet is hidden"), std::string::npos) << sheet.warnings[0];
}

TEST(OldWorkbook, TakesHiddenSheetsLast) {
    std::string ledger = label(0, 0, "Date") + label(0, 1, "Amount");
    for (unsigned i = 1; i <= 3; ++i) ledger += label(i, 0, "2024-01-0" + std::to_string(i)) + number(i, 1, -1.5 * i);
    Old book;
    book.sheets = {ledger + label(4, 0, "2024-01-04") + number(4, 1, 1), ledger};
    EXPECT_EQ(read_sheet(book.bytes()).name, "A");
    book.states = {1, 0};
    EXPECT_EQ(read_sheet(book.bytes()).name, "B");
}

TEST(OldWorkbook, ReadsTheEncodingOfBefore1997) {
    Old book;
    book.version = 0x500;
    book.before = record(0x42, bytes_of(1251, 2));
    book.sheets = {record(0x204, place(0, 0) + bytes_of(4, 2) + "\xC4\xE0\xF2\xE0")};
    EXPECT_EQ(read_sheet(book.bytes()).text, "Дата\n");
}

}  // namespace
