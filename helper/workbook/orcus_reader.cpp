#include "workbook/orcus_reader.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <new>
#include <orcus/exception.hpp>
#include <orcus/orcus_xlsx.hpp>
#include <orcus/spreadsheet/import_interface.hpp>

#include "workbook/package.hpp"
#include "workbook/refuse.hpp"

namespace fin::helper {

namespace {

namespace iface = orcus::spreadsheet::iface;
using orcus::spreadsheet::col_t;
using orcus::spreadsheet::row_t;

constexpr const char* space = R"( xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">)";

// "BC12" is column 54, row 12 (from 1). False where it is no such reference.
bool parse_reference(std::string_view text, unsigned& column, unsigned& row) {
    const auto skip_dollar = [&] {
        while (text.starts_with('$')) text.remove_prefix(1);
    };
    unsigned letters = 0, digits = 0;
    skip_dollar();
    for (; !text.empty() && (text.front() | 32) >= 'a' && (text.front() | 32) <= 'z'; text.remove_prefix(1)) {
        letters = letters * 26 + static_cast<unsigned>((text.front() | 32) - 'a' + 1);
        if (letters > most_columns) return false;
    }
    skip_dollar();
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
        digits = digits * 10 + static_cast<unsigned>(text.front() - '0');
        if (digits > most_rows) return false;
    }
    if (letters == 0 || digits == 0 || !text.empty()) return false;
    column = letters - 1, row = digits;
    return true;
}

[[noreturn]] void misplaced(const std::string& detail) {
    refuse("the workbook is damaged: a cell is not where it says", detail);
}

class References : public iface::import_reference_resolver {
public:
    orcus::spreadsheet::src_address_t resolve_address(std::string_view text) override {
        unsigned column = 0, row = 0;
        if (!parse_reference(text, column, row)) misplaced("It says \"" + std::string(text) + "\".");
        return {0, static_cast<row_t>(row - 1), static_cast<col_t>(column)};
    }
    // Merged areas alone; -1 for what is none.
    orcus::spreadsheet::src_range_t resolve_range(std::string_view text) override {
        const std::size_t colon = text.find(':');
        unsigned columns[2], rows[2];
        if (colon == std::string_view::npos || !parse_reference(text.substr(0, colon), columns[0], rows[0]) ||
            !parse_reference(text.substr(colon + 1), columns[1], rows[1]))
            return {{0, -1, -1}, {0, -1, -1}};
        return {{0, static_cast<row_t>(rows[0] - 1), static_cast<col_t>(columns[0])},
                {0, static_cast<row_t>(rows[1] - 1), static_cast<col_t>(columns[1])}};
    }
};

class Properties : public iface::import_sheet_properties {
public:
    explicit Properties(StoredRows& rows) : rows_(rows) {}
    void set_column_width(col_t, double, orcus::length_unit_t) override {}
    void set_column_hidden(col_t, bool) override {}
    void set_row_height(row_t, double, orcus::length_unit_t) override {}
    void set_row_hidden(row_t row, bool hidden) override {
        if (hidden) rows_.hidden.push_back(static_cast<unsigned>(row) + 1);
    }
    void set_merge_cell_range(const orcus::spreadsheet::range_t& range) override {
        if (range.last.row > range.first.row && range.first.row >= 0)
            rows_.merged.push_back({static_cast<unsigned>(range.first.row) + 1,
                                    static_cast<unsigned>(range.last.row) + 1,
                                    static_cast<unsigned>(range.first.column)});
    }

private:
    StoredRows& rows_;
};

class Formulas : public iface::import_formula {
public:
    Formulas(StoredRows& rows, bool wanted) : rows_(rows), wanted_(wanted) {}
    void set_position(row_t row, col_t column) override {
        cell_ = {}, formula_ = {};
        cell_.row = formula_.row = static_cast<unsigned>(row) + 1;
        cell_.column = formula_.column = static_cast<unsigned>(column);
        cell_.kind = StoredCell::Kind::formula_waiting;
    }
    void set_formula(orcus::spreadsheet::formula_grammar_t, std::string_view text) override {
        if (wanted_) formula_.text = text;
    }
    void set_shared_formula_index(std::size_t index) override {
        if (wanted_) formula_.shared = std::to_string(index);
    }
    void set_result_value(double value) override {
        if (std::isnan(value)) return;  // there was none
        cell_.kind = StoredCell::Kind::formula_number, cell_.number = value;
    }
    void set_result_string(std::string_view value) override {
        cell_.kind = StoredCell::Kind::formula_text, cell_.text = rows_.results.size();
        rows_.results.emplace_back(value);
    }
    void set_result_bool(bool) override {}
    void set_result_empty() override {}
    void commit() override {
        rows_.cells.push_back(cell_);
        formula_.valued = cell_.kind != StoredCell::Kind::formula_waiting;
        const bool shares = !formula_.shared.empty() && !formula_.text.empty();
        if (wanted_ && (!formula_.valued || shares)) rows_.formulas.push_back(std::move(formula_));
    }

private:
    StoredRows& rows_;
    bool wanted_;
    StoredCell cell_;
    Formula formula_;
};

class SheetOfCells : public iface::import_sheet {
public:
    SheetOfCells(StoredRows& rows, bool with_formulas)
        : rows_(rows), properties_(rows), formulas_(rows, with_formulas) {}

    iface::import_sheet_properties* get_sheet_properties() override { return &properties_; }
    iface::import_formula* get_formula() override { return &formulas_; }
    void set_auto(row_t, col_t, std::string_view) override {}
    void set_string(row_t row, col_t column, orcus::spreadsheet::string_id_t text) override {
        add(row, column, StoredCell::Kind::text).text = text;
    }
    void set_value(row_t row, col_t column, double value) override {
        add(row, column, StoredCell::Kind::number).number = value;
    }
    void set_bool(row_t row, col_t column, bool value) override {
        add(row, column, StoredCell::Kind::truth).number = value ? 1 : 0;
    }
    void set_date_time(row_t, col_t, int, int, int, int, int, double) override {}
    void set_format(row_t row, col_t column, std::size_t format) override {
        const auto given = static_cast<std::uint32_t>(format);
        if (!rows_.cells.empty() && at(rows_.cells.back()) == key(row, column))
            rows_.cells.back().format = given;
        else
            formats_.emplace_back(key(row, column), given);  // of a formula, which comes after all other cells
    }
    void set_format(row_t, col_t, row_t, col_t, std::size_t) override {}
    void fill_down_cells(row_t, col_t, row_t) override {}
    orcus::spreadsheet::range_size_t get_sheet_size() const override {
        return {static_cast<row_t>(most_rows), static_cast<col_t>(most_columns)};
    }

    // When orcus has given all it has.
    void settle() {
        std::sort(formats_.begin(), formats_.end());
        for (StoredCell& cell : rows_.cells) {
            if (cell.kind < StoredCell::Kind::formula_number) continue;
            const auto format = std::lower_bound(formats_.begin(), formats_.end(), std::pair(at(cell), 0U));
            if (format != formats_.end() && format->first == at(cell)) cell.format = format->second;
        }
        const auto before = [](const StoredCell& a, const StoredCell& b) { return at(a) < at(b); };
        if (!std::is_sorted(rows_.cells.begin(), rows_.cells.end(), before))
            std::sort(rows_.cells.begin(), rows_.cells.end(), before);
        for (std::size_t i = 1; i < rows_.cells.size(); ++i)
            if (at(rows_.cells[i]) == at(rows_.cells[i - 1]))
                refuse("the workbook is damaged: a cell stands twice",
                       "It is in row " + std::to_string(rows_.cells[i].row) + ".");
    }

private:
    using Key = std::uint64_t;
    static Key key(row_t row, col_t column) {
        return static_cast<Key>(row + 1) << 32 | static_cast<std::uint32_t>(column);
    }
    static Key at(const StoredCell& cell) { return Key{cell.row} << 32 | cell.column; }

    StoredCell& add(row_t row, col_t column, StoredCell::Kind kind) {
        if (column < 0 || static_cast<unsigned>(column) >= most_columns)
            too_much("the sheet has too many columns", "Row " + std::to_string(row + 1) + " has more than 16384.");
        StoredCell cell;
        cell.row = static_cast<unsigned>(row) + 1, cell.column = static_cast<unsigned>(column), cell.kind = kind;
        rows_.cells.push_back(cell);
        return rows_.cells.back();
    }

    StoredRows& rows_;
    Properties properties_;
    Formulas formulas_;
    std::vector<std::pair<Key, std::uint32_t>> formats_;
};

// Of styles the number formats; the rest is how cells look.
class Formats : public iface::import_styles {
public:
    std::vector<Shown> shown;

    void set_number_format_identifier(std::size_t id) override { number_ = id; }
    void set_number_format_code(std::string_view code) override { code_ = shown_by(code); }
    std::size_t commit_number_format() override {
        codes_[number_] = code_;
        return 0;
    }
    void set_xf_number_format(std::size_t id) override { of_cell_ = id; }
    std::size_t commit_cell_xf() override {
        const auto code = codes_.find(of_cell_);
        shown.push_back(code == codes_.end() ? shown_by_builtin(static_cast<unsigned>(of_cell_)) : code->second);
        of_cell_ = 0;
        return shown.size() - 1;
    }

    using Color = orcus::spreadsheet::color_elem_t;
    using Border = orcus::spreadsheet::border_direction_t;
    void set_font_count(std::size_t) override {}
    void set_font_bold(bool) override {}
    void set_font_italic(bool) override {}
    void set_font_name(std::string_view) override {}
    void set_font_size(double) override {}
    void set_font_underline(orcus::spreadsheet::underline_t) override {}
    void set_font_underline_width(orcus::spreadsheet::underline_width_t) override {}
    void set_font_underline_mode(orcus::spreadsheet::underline_mode_t) override {}
    void set_font_underline_type(orcus::spreadsheet::underline_type_t) override {}
    void set_font_underline_color(Color, Color, Color, Color) override {}
    void set_font_color(Color, Color, Color, Color) override {}
    void set_strikethrough_style(orcus::spreadsheet::strikethrough_style_t) override {}
    void set_strikethrough_type(orcus::spreadsheet::strikethrough_type_t) override {}
    void set_strikethrough_width(orcus::spreadsheet::strikethrough_width_t) override {}
    void set_strikethrough_text(orcus::spreadsheet::strikethrough_text_t) override {}
    std::size_t commit_font() override { return 0; }
    void set_fill_count(std::size_t) override {}
    void set_fill_pattern_type(orcus::spreadsheet::fill_pattern_t) override {}
    void set_fill_fg_color(Color, Color, Color, Color) override {}
    void set_fill_bg_color(Color, Color, Color, Color) override {}
    std::size_t commit_fill() override { return 0; }
    void set_border_count(std::size_t) override {}
    void set_border_style(Border, orcus::spreadsheet::border_style_t) override {}
    void set_border_color(Border, Color, Color, Color, Color) override {}
    void set_border_width(Border, double, orcus::length_unit_t) override {}
    std::size_t commit_border() override { return 0; }
    void set_cell_hidden(bool) override {}
    void set_cell_locked(bool) override {}
    void set_cell_print_content(bool) override {}
    void set_cell_formula_hidden(bool) override {}
    std::size_t commit_cell_protection() override { return 0; }
    void set_number_format_count(std::size_t) override {}
    void set_cell_xf_count(std::size_t) override {}
    void set_cell_style_xf_count(std::size_t) override {}
    void set_dxf_count(std::size_t) override {}
    void set_xf_font(std::size_t) override {}
    void set_xf_fill(std::size_t) override {}
    void set_xf_border(std::size_t) override {}
    void set_xf_protection(std::size_t) override {}
    void set_xf_style_xf(std::size_t) override {}
    void set_xf_apply_alignment(bool) override {}
    void set_xf_horizontal_alignment(orcus::spreadsheet::hor_alignment_t) override {}
    void set_xf_vertical_alignment(orcus::spreadsheet::ver_alignment_t) override {}
    std::size_t commit_cell_style_xf() override { return 0; }
    std::size_t commit_dxf() override { return 0; }
    void set_cell_style_count(std::size_t) override {}
    void set_cell_style_name(std::string_view) override {}
    void set_cell_style_xf(std::size_t) override {}
    void set_cell_style_builtin(std::size_t) override {}
    void set_cell_style_parent_name(std::string_view) override {}
    std::size_t commit_cell_style() override { return 0; }

private:
    std::map<std::size_t, Shown> codes_;
    std::size_t number_ = 0, of_cell_ = 0;
    Shown code_ = Shown::number;
};

class Factory : public iface::import_factory {
public:
    Factory(iface::import_sheet* sheet, iface::import_styles* styles) : sheet_(sheet), styles_(styles) {}
    iface::import_styles* get_styles() override { return styles_; }
    iface::import_reference_resolver* get_reference_resolver(orcus::spreadsheet::formula_ref_context_t) override {
        return &references_;
    }
    iface::import_sheet* append_sheet(orcus::spreadsheet::sheet_t, std::string_view) override { return sheet_; }
    iface::import_sheet* get_sheet(std::string_view) override { return sheet_; }
    iface::import_sheet* get_sheet(orcus::spreadsheet::sheet_t) override { return sheet_; }
    void finalize() override {}

private:
    iface::import_sheet* sheet_;
    iface::import_styles* styles_;
    References references_;
};

// What our own classes throw comes out through orcus' frames as orcus' own errors do.
void read_package(Factory& factory, PackageOf kind, std::string_view part) {
    const std::string package = package_of(kind, part);
    try {
        orcus::orcus_xlsx(&factory).read_stream(package);
    } catch (const orcus::xml_structure_error& error) {
        misplaced(error.what());
    } catch (const orcus::general_error& error) {
        refuse("the workbook is damaged: a part cannot be read", error.what());
    }
}

}  // namespace

void read_rows(const PlainSlice& slice, bool with_formulas, StoredRows& rows) {
    rows.cells.clear(), rows.hidden.clear(), rows.merged.clear(), rows.results.clear(), rows.formulas.clear();
    std::string part = std::string("<worksheet") + space + "<sheetData>";
    part.reserve(part.size() + slice.rows.size() + slice.merged.size() + 100);
    part += slice.rows + "</sheetData>";
    if (!slice.merged.empty()) part += "<mergeCells>" + slice.merged + "</mergeCells>";
    part += "</worksheet>";
    SheetOfCells sheet(rows, with_formulas);
    Factory factory(&sheet, nullptr);
    read_package(factory, PackageOf::sheet, part);
    sheet.settle();
}

std::vector<Shown> read_formats(const PlainStyles& styles) {
    const std::string part = std::string("<styleSheet") + space + "<numFmts>" + styles.codes + "</numFmts><cellXfs>" +
                             styles.formats + "</cellXfs></styleSheet>";
    Formats formats;
    Factory factory(nullptr, &formats);
    read_package(factory, PackageOf::styles, part);
    return std::move(formats.shown);
}

}  // namespace fin::helper
