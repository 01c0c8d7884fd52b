#include "exporter/workbook/sheet.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "exporter/svg_canvas.hpp"
#include "exporter/text_lines.hpp"
#include "ledger/calendar.hpp"

namespace fin::exporter {

namespace {

std::string number_text(double value) {
    std::array<char, 32> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::isfinite(value) ? value : 0.0).ptr;
    return {buffer.data(), end};
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

// A spreadsheet takes an unpaired _xHHHH_ for an escape.
std::string cell_text(std::string_view text) {
    std::string clean = drawable(text.substr(0, longest_text));
    for (std::size_t at = clean.find("_x"); at != std::string::npos; at = clean.find("_x", at + 7))
        clean.replace(at, 1, "_x005F_");
    return escaped_xml(clean);
}

std::string column_xml(const std::string& number, double width) {
    return "<col min=\"" + number + "\" max=\"" + number + "\" width=\"" + number_text(width) +
           "\" customWidth=\"1\"/>";
}

std::string condition_xml(const Condition& condition, int& priority) {
    std::string xml = "<conditionalFormatting sqref=\"" + condition.range + "\">";
    const auto rule = [&](const std::string& attributes, const std::string& inside) {
        xml += "<cfRule " + attributes + " priority=\"" + std::to_string(priority++) + "\">" + inside + "</cfRule>";
    };
    switch (condition.what) {
        case Condition::What::negative:
            rule("type=\"cellIs\" dxfId=\"0\" operator=\"lessThan\"", "<formula>0</formula>");
            break;
        case Condition::What::severity:
            for (std::size_t i = 0; i < condition.words.size(); ++i)
                rule("type=\"cellIs\" dxfId=\"" + std::to_string(i + 1) + "\" operator=\"equal\"",
                     "<formula>\"" + escaped_xml(condition.words[i]) + "\"</formula>");
            break;
        case Condition::What::bars:
            rule("type=\"dataBar\"", "<dataBar><cfvo type=\"min\"/><cfvo type=\"max\"/><color rgb=\"FF" +
                                         hex_of(condition.colour).substr(1) + "\"/></dataBar>");
            break;
        case Condition::What::scale:
            rule("type=\"colorScale\"",
                 "<colorScale><cfvo type=\"min\"/><cfvo type=\"num\" val=\"0\"/><cfvo type=\"max\"/><color "
                 "rgb=\"FFF0B9AF\"/>"
                 "<color rgb=\"FFFFFFFF\"/><color rgb=\"FFA9D6DB\"/></colorScale>");
            break;
    }
    return xml + "</conditionalFormatting>";
}

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

Sheet::Sheet(ZipWriter& zip, const std::string& part, const SheetPlan& plan) : zip_(zip), landscape_(plan.landscape) {
    zip_.begin(part);
    buffer_ =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet "
        "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
        "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheetPr><pageSetUpPr "
        "fitToPage=\"1\"/></sheetPr><sheetViews><sheetView showGridLines=\"0\" workbookViewId=\"0\">";
    if (plan.frozen_rows + plan.frozen_columns > 0) {
        const std::string corner = column_name(plan.frozen_columns) + std::to_string(plan.frozen_rows + 1);
        buffer_ += "<pane";
        if (plan.frozen_columns > 0) buffer_ += " xSplit=\"" + std::to_string(plan.frozen_columns) + "\"";
        if (plan.frozen_rows > 0) buffer_ += " ySplit=\"" + std::to_string(plan.frozen_rows) + "\"";
        const char* pane = plan.frozen_columns == 0 ? "bottomLeft" : plan.frozen_rows == 0 ? "topRight" : "bottomRight";
        buffer_ += " topLeftCell=\"" + corner + "\" activePane=\"" + pane + "\" state=\"frozen\"/><selection pane=\"" +
                   pane + "\" activeCell=\"" + corner + "\" sqref=\"" + corner + "\"/>";
    }
    buffer_ += "</sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/><cols>";
    for (std::size_t i = 0; i < plan.widths.size(); ++i) buffer_ += column_xml(std::to_string(i + 1), plan.widths[i]);
    buffer_ += "</cols><sheetData>";
}

void Sheet::flush() {
    zip_.write(buffer_);
    buffer_.clear();
}

void Sheet::cell(std::string_view attributes, std::string_view inside, Style style) {
    row_xml_ += "<c r=\"";
    row_xml_ += column_name(column_++);
    row_xml_ += std::to_string(row_);
    row_xml_ += '"';
    if (style != Style::plain) row_xml_ += " s=\"" + std::to_string(static_cast<int>(style)) + "\"";
    row_xml_ += attributes;
    row_xml_ += '>';
    row_xml_ += inside;
    row_xml_ += "</c>";
}

Sheet& Sheet::text(std::string_view text, Style style) {
    if (text.empty() && style == Style::plain) return skip();
    // A text is a text, whatever it begins with: nothing here becomes a formula.
    cell(" t=\"inlineStr\"", "<is><t xml:space=\"preserve\">" + cell_text(text) + "</t></is>", style);
    return *this;
}

Sheet& Sheet::exact(std::string_view written, Style style) {
    cell({}, "<v>" + std::string(written) + "</v>", style);
    return *this;
}

Sheet& Sheet::number(double value, Style style) { return exact(number_text(value), style); }

Sheet& Sheet::maybe(const std::optional<double>& value, Style style) { return value ? number(*value, style) : skip(); }

Sheet& Sheet::day(std::string_view iso, Style style) {
    const auto days = serial(iso);
    return days ? exact(std::to_string(*days), style) : text(iso);
}

Sheet& Sheet::truth(bool value) {
    cell(" t=\"b\"", value ? "<v>1</v>" : "<v>0</v>", Style::plain);
    return *this;
}

Sheet& Sheet::formula(std::string_view formula, const std::optional<double>& value, Style style) {
    const std::string inside = "<f>" + escaped_xml(formula) + "</f><v>";
    if (value)
        cell({}, inside + number_text(*value) + "</v>", style);
    else
        cell(" t=\"str\"", inside + "</v>", style);
    return *this;
}

Sheet& Sheet::skip(std::size_t cells) {
    column_ += cells;
    return *this;
}

void Sheet::next_row(double height) {
    if (!row_xml_.empty() || height > 0) {
        buffer_ += "<row r=\"" + std::to_string(row_) + "\"";
        if (height > 0) buffer_ += " ht=\"" + number_text(height) + "\" customHeight=\"1\"";
        buffer_ += ">";
        buffer_ += row_xml_;
        buffer_ += "</row>";
    }
    row_xml_.clear();
    ++row_, column_ = 0;
    if (buffer_.size() > (std::size_t{1} << 16)) flush();
}

void Sheet::finish(const Finish& finish) {
    if (!row_xml_.empty()) next_row();
    buffer_ += "</sheetData>";
    if (!finish.filter.empty()) buffer_ += "<autoFilter ref=\"" + finish.filter + "\"/>";
    if (!finish.merged.empty()) {
        buffer_ += "<mergeCells count=\"" + std::to_string(finish.merged.size()) + "\">";
        for (const std::string& range : finish.merged) buffer_ += "<mergeCell ref=\"" + range + "\"/>";
        buffer_ += "</mergeCells>";
    }
    int priority = 1;
    for (const Condition& condition : finish.conditions) buffer_ += condition_xml(condition, priority);
    buffer_ +=
        "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/><pageSetup "
        "paperSize=\"9\" orientation=\"" +
        std::string(landscape_ ? "landscape" : "portrait") + "\" fitToHeight=\"0\"/>";
    if (finish.has_drawing) buffer_ += "<drawing r:id=\"rId1\"/>";
    buffer_ += "</worksheet>";
    flush();
    zip_.end();
}

}  // namespace fin::exporter
