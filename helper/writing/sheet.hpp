// One sheet of a workbook, written row by row through libxlsxwriter: a row that is done is no longer held.
#pragma once
#include <xlsxwriter.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/money.hpp"
#include "writing/charts.hpp"
#include "writing/formats.hpp"

namespace fin::helper {

// "A", "Z", "AA" of a column counted from 0.
std::string column_name(std::size_t column);
// "Monthly!$B$2:$B$36" with the sheet's name quoted.
std::string range_of(std::string_view sheet, std::size_t column, std::size_t first_row, std::size_t last_row);
// A name as a formula has it: 'My sheet'.
std::string quoted_sheet(std::string_view name);
// What a cell can hold: valid UTF-8 without control characters, not longer than a cell may be, and no escapes of the
// format (_x000D_) that were none.
std::string cell_text(std::string_view text);

struct Condition {
    std::string range;  // "D2:G9", or several with a space between
    enum class What { negative, severity, bars, scale } what = What::negative;
    std::vector<std::string> words = {};  // of a severity: critical, high, medium in the report's language
    exporter::Colour colour = {};         // of bars
};

struct SheetPlan {
    std::vector<double> widths;  // in characters
    std::size_t frozen_rows = 0, frozen_columns = 0;
    bool landscape = true;
};

// What sheets have in common.
struct Book {
    lxw_workbook* workbook;
    const Formats& formats;
};

class WrittenSheet {
public:
    // The sheet of that name, which the workbook has.
    WrittenSheet(const Book& book, const std::string& name, const SheetPlan& plan);

    // Cells of the row that is being written, from the left.
    WrittenSheet& text(std::string_view text, Style style = Style::plain);
    WrittenSheet& wide_text(std::string_view text, std::size_t columns, Style style);  // over several columns
    WrittenSheet& number(double value, Style style);
    WrittenSheet& money(ledger::Money amount);
    WrittenSheet& day(std::string_view iso, Style style);  // "2017-03" or "2017-03-31"
    WrittenSheet& maybe(const std::optional<double>& value, Style style);
    WrittenSheet& truth(bool value);
    // Without "="; `value` is what it gives; absent: an empty text.
    WrittenSheet& formula(const std::string& formula, const std::optional<double>& value, Style style);
    WrittenSheet& skip(std::size_t cells = 1);
    void next_row(double height = 0);  // in points; 0: the usual height

    std::size_t row() const { return row_; }  // from 1
    const std::string& name() const { return name_; }

    // With a head that is printed on every page. Rows below the range are written afterwards.
    void filter(const std::string& range);
    void conditions(const std::vector<Condition>& conditions);
    void chart(const SheetChart& chart);

private:
    lxw_row_t at_row() const { return static_cast<lxw_row_t>(row_ - 1); }
    lxw_col_t at_column() const { return static_cast<lxw_col_t>(column_); }
    void condition(const Condition& condition);
    void rule(lxw_conditional_format& format, std::string& range);

    const Book& book_;
    lxw_worksheet* sheet_;
    std::string name_;
    std::vector<double> widths_;
    std::size_t row_ = 1, column_ = 0;
};

}  // namespace fin::helper
