// What freexl reads of an old workbook: some cells of a sheet, checked and written anew as a workbook of their own.
//
// Why not the workbook as it is. freexl 1.0.6 gives up, without an error, where a shared text is empty, has half of a
// surrogate pair or is longer than two records, where a cell lies outside the size that its sheet says, and above a
// million shared texts. It passes over what formulas gave, takes errors and truths for 1 and 0, makes dates of numbers
// by the letters in their format and forgets the numbers, believes lengths, ends texts at zeros, and makes room for all
// cells between the first and the last.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace fin::helper {

// Where a cell stands in the workbook that freexl reads. A text that is too long for a record goes on in rows below.
struct PlainPlace {
    unsigned row = 0, column = 0, rows = 1;
};

class PlainRecords {
public:
    // False where a cell of this column must wait for the next workbook.
    bool has_room(unsigned column) const;

    // Cells come by row and column, which are those of the sheet; rows without cells are left out.
    PlainPlace add_number(unsigned row, unsigned column, std::uint64_t bits);  // of a double
    PlainPlace add_rk(unsigned row, unsigned column, std::uint32_t bits);      // as BIFF shortens numbers
    PlainPlace add_text(unsigned row, unsigned column, std::u16string text);   // not empty

    std::string workbook() const;

private:
    PlainPlace place(unsigned row, unsigned column);
    void begin_cell(unsigned id, std::size_t bytes, unsigned row, unsigned column);

    std::string records_;
    unsigned row_ = 0;                 // of the sheet
    unsigned first_ = 0, behind_ = 0;  // what it is here: its first row and the one behind its last
    unsigned columns_ = 0;
};

}  // namespace fin::helper
