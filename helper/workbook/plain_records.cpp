#include "workbook/plain_records.hpp"

#include <unicode/utf16.h>

#include <algorithm>

#include "workbook/biff.hpp"
#include "workbook/bytes.hpp"
#include "workbook/compound_writer.hpp"
#include "workbook/utf16.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t enough_bytes = std::size_t{1} << 18;  // of records; 14 each at least, so rows are under 65,536
constexpr std::size_t enough_room = std::size_t{1} << 18;   // cells that freexl makes room for, 16 bytes each
constexpr std::size_t most_characters = 4000;  // of a text; a record of 8,224 bytes takes no more than 4,107

void append_head(std::string& out, unsigned id, std::size_t bytes) {
    append_little(out, id, 2);
    append_little(out, bytes, 2);
}

void append_begin(std::string& out, unsigned kind) {
    append_head(out, biff::begin_of_part, 16);
    append_little(out, 0x600, 2);
    append_little(out, kind, 2);
    append_little(out, 0, 8);
    append_little(out, 6, 4);  // the oldest version that can read it
}

}  // namespace

bool PlainRecords::has_room(unsigned column) const {
    return records_.empty() || (records_.size() < enough_bytes &&
                                (behind_ + std::size_t{1}) * std::max(columns_, column + 1) <= enough_room);
}

PlainPlace PlainRecords::place(unsigned row, unsigned column) {
    if (records_.empty() || row != row_) row_ = row, first_ = behind_++;
    columns_ = std::max(columns_, column + 1);
    return {first_, column, 1};
}

void PlainRecords::begin_cell(unsigned id, std::size_t bytes, unsigned row, unsigned column) {
    append_head(records_, id, 6 + bytes);
    append_little(records_, row, 2);
    append_little(records_, column, 2);
    append_little(records_, 0, 2);  // its format: none that is known, so that numbers stay numbers
}

PlainPlace PlainRecords::add_number(unsigned row, unsigned column, std::uint64_t bits) {
    const PlainPlace at = place(row, column);
    begin_cell(biff::number, 8, at.row, at.column);
    append_little(records_, bits, 8);
    return at;
}

PlainPlace PlainRecords::add_rk(unsigned row, unsigned column, std::uint32_t bits) {
    const PlainPlace at = place(row, column);
    begin_cell(biff::rk, 4, at.row, at.column);
    append_little(records_, bits, 4);
    return at;
}

PlainPlace PlainRecords::add_text(unsigned row, unsigned column, std::u16string text) {
    make_sound(text);
    PlainPlace at = place(row, column);
    at.rows = 0;
    for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end) {
        end = std::min(text.size(), begin + most_characters);
        if (end < text.size() && U16_IS_TRAIL(text[end])) --end;  // pairs stay together
        begin_cell(biff::label, 3 + 2 * (end - begin), at.row + at.rows++, at.column);
        append_little(records_, end - begin, 2);
        append_little(records_, 1, 1);  // characters of two bytes
        for (std::size_t i = begin; i < end; ++i) append_little(records_, text[i], 2);
    }
    behind_ = std::max(behind_, at.row + at.rows);
    return at;
}

std::string PlainRecords::workbook() const {
    constexpr unsigned globals = 0x05, sheet = 0x10;
    constexpr std::size_t list_bytes = 4 + 10, end_bytes = 4;
    std::string stream;
    append_begin(stream, globals);
    const std::size_t begin_of_sheet = stream.size() + list_bytes + end_bytes;
    append_head(stream, biff::sheet_head, 10);
    append_little(stream, begin_of_sheet, 4);
    append_little(stream, 0, 2);  // visible, with cells
    append_little(stream, 1, 2);  // letters of its name, each of one byte
    stream += 'S';
    stream += '\0';
    append_head(stream, biff::end_of_part, 0);

    append_begin(stream, sheet);
    append_head(stream, biff::size_of_sheet, 14);
    append_little(stream, 0, 4);
    append_little(stream, behind_, 4);
    append_little(stream, 0, 2);
    append_little(stream, columns_, 2);
    append_little(stream, 0, 2);
    stream += records_;
    append_head(stream, biff::end_of_part, 0);
    return compound_file_of(stream);
}

}  // namespace fin::helper
