// Which sheet of a workbook is its ledger, and that sheet as a text table: one line for each row, tabs between cells.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "importer/importer.hpp"
#include "workbook/book.hpp"

namespace fin::helper {

struct Choice {
    std::size_t sheet = 0;
    char decimal = '.';                 // how numbers are to be written
    std::vector<unsigned> day_columns;  // columns of dates whose cells have no date format
    bool waiting = false;               // formulas without values
    std::vector<std::string> warnings;
};

// Option sheet decides, by name or by number from 1; else the sheet with the most rows among those that a ledger can be
// read from; else the first that has cells. Throws Error{invalid_argument} for a sheet that is not there.
Choice choose_sheet(Book& book, const importer::Options& options);

using TextSink = std::function<void(std::string_view)>;

// The sheet as text. Line n is row n of the sheet. Dates are YYYY-MM-DD; cells merged over several rows give their text
// or date to each of them; of cells with tabs, line ends and other control characters these become spaces.
void write_table(Book& book, const Choice& choice, const TextSink& sink);

}  // namespace fin::helper
