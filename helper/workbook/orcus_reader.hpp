// What orcus makes of the plain form of sheets and styles.
#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "workbook/book.hpp"
#include "workbook/formulas.hpp"
#include "workbook/plain.hpp"
#include "workbook/serial.hpp"

namespace fin::helper {

struct StoredCell {
    enum class Kind : unsigned char { number, truth, text, formula_number, formula_text, formula_waiting };
    unsigned row = 0, column = 0;  // from 1 and from 0, as in Row and Cell
    std::uint32_t format = 0;
    Kind kind = Kind::number;
    double number = 0;     // of truths 0 or 1
    std::size_t text = 0;  // number of a shared text or of one of the slice; of formulas: in StoredRows::results
};

struct StoredRows {
    std::vector<StoredCell> cells;  // by row and column
    std::vector<unsigned> hidden;   // rows, in order
    std::vector<Merged> merged;
    std::deque<std::string> results;  // texts that formulas gave
    std::vector<Formula> formulas;    // those without values and those that are shared, where asked for
};

// Throws Error{bad_data} for cells that are not where they say or stand twice.
void read_rows(const PlainSlice& slice, bool with_formulas, StoredRows& rows);

// What each cell format makes of numbers, by its index.
std::vector<Shown> read_formats(const PlainStyles& styles);

}  // namespace fin::helper
