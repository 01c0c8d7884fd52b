// One sheet of a workbook, written row by row: nothing of it is kept.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/workbook/styles.hpp"
#include "exporter/workbook/zip_writer.hpp"

namespace fin::exporter {

// "A", "Z", "AA" of a column counted from 0.
std::string column_name(std::size_t column);
// "Monthly!$B$2:$B$36" with the sheet's name quoted.
std::string range_of(std::string_view sheet, std::size_t column, std::size_t first_row, std::size_t last_row);

struct Condition {
    std::string range;
    enum class What { negative, severity, bars, scale } what = What::negative;
    std::vector<std::string> words = {};  // of a severity: critical, high, medium in the report's language
    Colour colour = {};                   // of bars
};

struct ChartSeries {
    std::string name, values;  // a text; a range
    Colour colour;
    bool dashed = false;
};
struct SheetChart {
    enum class Kind { columns, bars, line } kind = Kind::columns;
    std::string title, categories;  // a range
    std::vector<ChartSeries> series;
    int column = 0, row = 0, columns = 8, rows = 16;  // where it lies, in cells
};

struct SheetPlan {
    std::string name;
    std::vector<double> widths;
    std::size_t frozen_rows = 0, frozen_columns = 0;
    bool landscape = true;
};

class Sheet {
public:
    // Begins the sheet's part; `zip` is its alone until finish().
    Sheet(ZipWriter& zip, const std::string& part, const SheetPlan& plan);

    // Cells of the row that is being written, from the left.
    Sheet& text(std::string_view text, Style style = Style::plain);
    Sheet& number(double value, Style style);
    Sheet& exact(std::string_view digits, Style style);  // a decimal number as it is written
    Sheet& day(std::string_view iso, Style style);       // "2017-03" or "2017-03-31"
    Sheet& maybe(const std::optional<double>& value, Style style);
    Sheet& truth(bool value);
    // Without "="; `value` is what it gives; absent: an empty text.
    Sheet& formula(std::string_view formula, const std::optional<double>& value, Style style);
    Sheet& skip(std::size_t cells = 1);
    void next_row(double height = 0);

    std::size_t row() const { return row_; }  // from 1

    struct Finish {
        std::string filter;  // a range of this sheet, or empty
        std::vector<std::string> merged = {};
        std::vector<Condition> conditions = {};
        bool has_drawing = false;
    };
    void finish(const Finish& finish);

private:
    void cell(std::string_view attributes, std::string_view inside, Style style);
    void flush();

    ZipWriter& zip_;
    std::string buffer_, row_xml_;
    std::size_t row_ = 1, column_ = 0;
    bool landscape_;
};

// A name as a formula has it: 'My sheet'.
std::string quoted_sheet(std::string_view name);

}  // namespace fin::exporter
