#include "writing/sheet.hpp"

#include <charconv>
#include <cmath>

#include "error.hpp"
#include "exporter/text_lines.hpp"
#include "ledger/calendar.hpp"

namespace fin::helper {

namespace {

void must(lxw_error error) {
    if (error != LXW_NO_ERROR)
        throw Error(ErrorCode::not_ready, "a cell of the workbook cannot be written", lxw_strerror(error));
}

int digits(std::string_view text, std::size_t at, std::size_t n) {
    int value = -1;
    if (at + n <= text.size()) std::from_chars(text.data() + at, text.data() + at + n, value);
    return value;
}

// Days since 1899-12-30, as spreadsheets count.
std::optional<int> serial(std::string_view iso) {
    const int year = digits(iso, 0, 4), month = digits(iso, 5, 2), day = iso.size() >= 10 ? digits(iso, 8, 2) : 1;
    // Before March 1900 Excel counts a day that never was.
    if (year < 1901 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
    return ledger::day_of(year, static_cast<unsigned>(month), static_cast<unsigned>(day)) + 25569;
}

constexpr std::size_t longest_text = 32767;  // characters of a cell; bytes are never fewer

// The library measures in pixels, charts are placed by cells.
double pixels_of_width(double width) { return std::floor(width * 7 + 0.5) + 5; }
constexpr double usual_width = 64, usual_height = 20, chart_width = 480, chart_height = 288;

}  // namespace

std::string column_name(std::size_t column) {
    std::string name;
    for (std::size_t left = column + 1; left > 0; left = (left - 1) / 26)
        name.insert(name.begin(), static_cast<char>('A' + (left - 1) % 26));
    return name;
}

std::string quoted_sheet(std::string_view name) { return "'" + std::string(name) + "'"; }

std::string range_of(std::string_view sheet, std::size_t column, std::size_t first_row, std::size_t last_row) {
    const std::string name = column_name(column);
    return quoted_sheet(sheet) + "!$" + name + "$" + std::to_string(first_row) + ":$" + name + "$" +
           std::to_string(last_row);
}

std::string cell_text(std::string_view text) {
    std::string clean = exporter::drawable(text.substr(0, longest_text));
    for (std::size_t at = clean.find("_x"); at != std::string::npos; at = clean.find("_x", at + 7))
        clean.replace(at, 1, "_x005F_");
    return clean;
}

WrittenSheet::WrittenSheet(const Book& book, const std::string& name, const SheetPlan& plan)
    : book_(book),
      sheet_(workbook_get_worksheet_by_name(book.workbook, name.c_str())),
      name_(name),
      widths_(plan.widths) {
    if (!sheet_) throw Error(ErrorCode::not_ready, "the workbook has no sheet " + name);
    worksheet_gridlines(sheet_, LXW_HIDE_ALL_GRIDLINES);
    if (plan.frozen_rows + plan.frozen_columns > 0)
        worksheet_freeze_panes(sheet_, static_cast<lxw_row_t>(plan.frozen_rows),
                               static_cast<lxw_col_t>(plan.frozen_columns));
    for (std::size_t i = 0; i < widths_.size(); ++i)
        must(worksheet_set_column(sheet_, static_cast<lxw_col_t>(i), static_cast<lxw_col_t>(i), widths_[i], nullptr));
    worksheet_set_paper(sheet_, 9);  // A4
    worksheet_set_margins(sheet_, 0.5, 0.5, 0.6, 0.6);
    worksheet_fit_to_pages(sheet_, 1, 0);
    if (plan.landscape) worksheet_set_landscape(sheet_);
}

WrittenSheet& WrittenSheet::text(std::string_view text, Style style) {
    if (text.empty()) return skip();
    // A text is a text, whatever it begins with: this function makes no formulas.
    must(worksheet_write_string(sheet_, at_row(), at_column(), cell_text(text).c_str(), book_.formats.of(style)));
    return skip();
}

WrittenSheet& WrittenSheet::wide_text(std::string_view text, std::size_t columns, Style style) {
    const auto last = static_cast<lxw_col_t>(column_ + columns - 1);
    must(worksheet_merge_range(sheet_, at_row(), at_column(), at_row(), last, cell_text(text).c_str(),
                               book_.formats.of(style)));
    return skip(columns);
}

WrittenSheet& WrittenSheet::number(double value, Style style) {
    must(worksheet_write_number(sheet_, at_row(), at_column(), std::isfinite(value) ? value : 0.0,
                                book_.formats.of(style)));
    return skip();
}

WrittenSheet& WrittenSheet::money(ledger::Money amount) { return number(amount.value(), Style::money); }

WrittenSheet& WrittenSheet::maybe(const std::optional<double>& value, Style style) {
    return value ? number(*value, style) : skip();
}

WrittenSheet& WrittenSheet::day(std::string_view iso, Style style) {
    const auto days = serial(iso);
    return days ? number(*days, style) : text(iso);
}

WrittenSheet& WrittenSheet::truth(bool value) {
    must(worksheet_write_boolean(sheet_, at_row(), at_column(), value ? 1 : 0, book_.formats.of(Style::plain)));
    return skip();
}

WrittenSheet& WrittenSheet::formula(const std::string& formula, const std::optional<double>& value, Style style) {
    lxw_format* const format = book_.formats.of(style);
    if (value)
        must(worksheet_write_formula_num(sheet_, at_row(), at_column(), formula.c_str(), format,
                                         std::isfinite(*value) ? *value : 0.0));
    else
        must(worksheet_write_formula_str(sheet_, at_row(), at_column(), formula.c_str(), format, ""));
    return skip();
}

WrittenSheet& WrittenSheet::skip(std::size_t cells) {
    column_ += cells;
    return *this;
}

void WrittenSheet::next_row(double height) {
    if (height > 0) must(worksheet_set_row(sheet_, at_row(), height, nullptr));
    ++row_, column_ = 0;
}

void WrittenSheet::filter(const std::string& range) {
    must(worksheet_autofilter(sheet_, RANGE(range.c_str())));
    must(worksheet_repeat_rows(sheet_, 0, 0));
}

void WrittenSheet::rule(lxw_conditional_format& format, std::string& range) {
    if (range.find(' ') != std::string::npos) format.multi_range = range.data();
    must(worksheet_conditional_format_range(sheet_, RANGE(range.c_str()), &format));
}

void WrittenSheet::conditions(const std::vector<Condition>& conditions) {
    for (const Condition& one : conditions) condition(one);
}

void WrittenSheet::condition(const Condition& condition) {
    std::string range = condition.range;
    lxw_conditional_format format{};
    switch (condition.what) {
        case Condition::What::negative:
            format.type = LXW_CONDITIONAL_TYPE_CELL, format.criteria = LXW_CONDITIONAL_CRITERIA_LESS_THAN;
            format.format = book_.formats.of(Difference::negative);
            return rule(format, range);
        case Condition::What::severity:
            for (std::size_t i = 0; i < condition.words.size(); ++i) {
                std::string word = "\"" + condition.words[i] + "\"";
                format.type = LXW_CONDITIONAL_TYPE_CELL, format.criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO;
                format.value_string = word.data();
                format.format =
                    book_.formats.of(static_cast<Difference>(static_cast<std::size_t>(Difference::critical) + i));
                rule(format, range);
            }
            return;
        case Condition::What::bars:
            format.type = LXW_CONDITIONAL_DATA_BAR, format.bar_color = rgb(condition.colour);
            return rule(format, range);
        case Condition::What::scale:
            format.type = LXW_CONDITIONAL_3_COLOR_SCALE;
            format.min_rule_type = LXW_CONDITIONAL_RULE_TYPE_MINIMUM, format.min_color = 0xF0B9AF;
            format.mid_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER, format.mid_color = 0xFFFFFF;
            format.max_rule_type = LXW_CONDITIONAL_RULE_TYPE_MAXIMUM, format.max_color = 0xA9D6DB;
            return rule(format, range);
    }
}

void WrittenSheet::chart(const SheetChart& chart) {
    double width = 0;
    for (std::size_t i = chart.column; i < chart.column + chart.columns; ++i)
        width += i < widths_.size() ? pixels_of_width(widths_[i]) : usual_width;
    std::string title = exporter::drawable(chart.title);
    lxw_chart_options options{};
    options.x_scale = width / chart_width;
    options.y_scale = static_cast<double>(chart.rows) * usual_height / chart_height;
    options.object_position = LXW_OBJECT_MOVE_AND_SIZE;
    options.description = title.data();
    must(worksheet_insert_chart_opt(sheet_, static_cast<lxw_row_t>(chart.row), static_cast<lxw_col_t>(chart.column),
                                    made_chart(book_.workbook, chart), &options));
}

}  // namespace fin::helper
