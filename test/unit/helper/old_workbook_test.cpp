// XLS workbooks, made of records: what formulas gave, empty shared texts, hidden rows and sheets, merged cells, texts
// that a record cuts, the old encodings.
#include <algorithm>
#include <cstring>

#include "package.hpp"

using namespace fin;
using namespace fin::helper;
using namespace fin::helper::test;

namespace {

std::string record(unsigned id, const std::string& body = "") {
    return bytes_of(id, 2) + bytes_of(body.size(), 2) + body;
}
std::string double_bytes(double value) {
    std::uint64_t bits = 0;
    static_assert(sizeof bits == sizeof value);
    std::memcpy(&bits, &value, sizeof bits);
    return bytes_of(bits, 8);
}
std::string place(unsigned row, unsigned column, unsigned format = 0) {
    return bytes_of(row, 2) + bytes_of(column, 2) + bytes_of(format, 2);
}
std::string number(unsigned row, unsigned column, double value, unsigned format = 0) {
    return record(0x203, place(row, column, format) + double_bytes(value));
}
std::string label(unsigned row, unsigned column, const std::string& text) {
    return record(0x204, place(row, column) + bytes_of(text.size(), 2) + std::string(1, '\0') + text);
}
std::string shared(unsigned row, unsigned column, unsigned index) {
    return record(0xFD, place(row, column) + bytes_of(index, 4));
}
// A formula whose tokens nobody reads; its stored value is eight bytes.
std::string formula(unsigned row, unsigned column, const std::string& value, unsigned format = 0) {
    return record(0x06, place(row, column, format) + value + bytes_of(0, 6) + bytes_of(3, 2) + "\x1E\x01" + '\0');
}
std::string marked(unsigned mark, unsigned value) {
    return bytes_of(mark, 2) + bytes_of(value, 2) + bytes_of(0, 2) + "\xFF\xFF";
}

struct Old {
    std::string before;                 // records in front of the list of sheets
    std::vector<std::string> sheets;    // records of each
    std::vector<unsigned> states = {};  // 0 visible, 1 hidden
    unsigned version = 0x600;

    std::string stream() const {
        const std::string begin = bytes_of(version, 2), more = bytes_of(0, 12);
        std::string head = record(0x809, begin + bytes_of(5, 2) + more) + before;
        const std::size_t each = 4 + 7 + (version == 0x600 ? 2 : 1);
        std::size_t at = head.size() + each * sheets.size() + 4;
        std::string body;
        for (std::size_t i = 0; i < sheets.size(); ++i) {
            const unsigned state = i < states.size() ? states[i] : 0;
            const std::string name(1, static_cast<char>('A' + i));
            head += record(
                0x85, bytes_of(at + body.size(), 4) + bytes_of(state, 1) + bytes_of(0, 1) +
                          (version == 0x600 ? bytes_of(1, 1) + std::string(1, '\0') + name : bytes_of(1, 1) + name));
            body += record(0x809, begin + bytes_of(16, 2) + more) + sheets[i] + record(0x0A);
        }
        return head + record(0x0A) + body;
    }

    // In a compound file of one stream: its sectors, the folder, the table of chains.
    std::string bytes() const {
        std::string body = stream();
        body.resize(std::max<std::size_t>(4096, (body.size() + 511) / 512 * 512));
        const std::size_t sectors = body.size() / 512;
        const auto entry = [](const std::string& name, unsigned type, std::size_t start, std::size_t size) {
            std::string bytes;
            for (const char c : name) bytes += std::string(1, c) + '\0';
            bytes.resize(64);
            bytes += bytes_of(2 * name.size() + 2, 2) + bytes_of(type, 1);
            bytes.resize(116);
            return bytes + bytes_of(start, 4) + bytes_of(size, 4) + bytes_of(0, 4);
        };
        std::string folder =
            entry("Root Entry", 5, 0xFFFFFFFE, 0) + entry(version == 0x600 ? "Workbook" : "Book", 2, 0, body.size());
        folder.resize(512);
        std::string table;
        for (std::size_t i = 1; i < sectors; ++i) table += bytes_of(i, 4);
        table += bytes_of(0xFFFFFFFE, 4) + bytes_of(0xFFFFFFFE, 4) + bytes_of(0xFFFFFFFD, 4);
        while (table.size() < 512) table += bytes_of(0xFFFFFFFF, 4);
        std::string head = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
        head.resize(24);
        head += bytes_of(62, 2) + bytes_of(3, 2) + bytes_of(0xFFFE, 2) + bytes_of(9, 2) + bytes_of(6, 2);
        head.resize(44);
        head += bytes_of(1, 4) + bytes_of(sectors, 4) + bytes_of(0, 4) + bytes_of(4096, 4) + bytes_of(0xFFFFFFFE, 4) +
                bytes_of(0, 4) + bytes_of(0xFFFFFFFE, 4) + bytes_of(0, 4) + bytes_of(sectors + 1, 4);
        while (head.size() < 512) head += bytes_of(0xFFFFFFFF, 4);
        return head + body + folder + table;
    }
};

const std::string formats =
    record(0xE0, bytes_of(0, 2) + bytes_of(0, 2)) + record(0xE0, bytes_of(0, 2) + bytes_of(14, 2));

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
