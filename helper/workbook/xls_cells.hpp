// Where the cells of an old workbook's sheet are, and what freexl does not tell of a sheet: hidden rows, merged cells.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "workbook/book.hpp"

namespace fin::helper {

struct XlsCells {
    struct Place {
        std::uint32_t offset;       // of the record; of one number among many: of its six bytes
        std::uint16_t row, column;  // from 0
        bool among_many;
    };
    std::vector<Place> places;     // by row and column
    std::vector<unsigned> hidden;  // rows, from 1, in order
    std::vector<Merged> merged;
};

// The sheet whose records begin at `begin`. Throws Error{bad_data} where there is none,
// Error{limit_exceeded} for cells in columns that no old workbook has.
XlsCells find_cells(std::string_view stream, std::uint32_t begin);

}  // namespace fin::helper
