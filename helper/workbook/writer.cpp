#include "workbook/writer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "workbook/refuse.hpp"
#include "workbook/serial.hpp"

namespace fin::helper {

TableWriter::TableWriter(char decimal, std::vector<unsigned> day_columns, const std::vector<Merged>& merged)
    : decimal_(decimal), day_columns_(std::move(day_columns)) {
    for (const Merged& range : merged) merged_.emplace(range.first_row, range);
}

void TableWriter::append(std::string& out, const Row& row) {
    out.append(row.number - lines_ - 1, '\n');
    lines_ = row.number;
    for (auto one = open_.begin(); one != open_.end();)
        one = one->second.last_row < row.number ? open_.erase(one) : std::next(one);
    // Merged areas that begin in rows without cells have nothing to give.
    merged_.erase(merged_.begin(), merged_.lower_bound(row.number));
    const auto [first, last] = merged_.equal_range(row.number);
    for (auto range = first; range != last; ++range) open_[range->second.column] = {range->second.last_row, {}};

    unsigned at = 0;
    const auto advance = [&](unsigned column) {
        if (column >= most_used_columns)
            too_much("the sheet has too many columns", "Row " + std::to_string(row.number) + " has a cell in column " +
                                                           std::to_string(column + 1) + "; at most " +
                                                           std::to_string(most_used_columns) + " are read.");
        out.append(column - at, '\t');
        at = column;
    };
    auto cell = row.cells.begin();
    for (auto open = open_.begin(); cell != row.cells.end() || open != open_.end();) {
        if (open == open_.end() || (cell != row.cells.end() && cell->column < open->first)) {
            advance(cell->column);
            append_cell(out, *cell++);
        } else if (cell != row.cells.end() && cell->column == open->first) {
            advance(cell->column);
            const std::size_t begin = out.size();
            append_cell(out, *cell);
            // A number counts once: an amount merged over three rows is one amount.
            if (cell->kind != Cell::Kind::number) open->second.written = out.substr(begin);
            ++cell, ++open;
        } else {
            if (!open->second.written.empty()) advance(open->first), out += open->second.written;
            ++open;
        }
    }
    out += '\n';
}

void TableWriter::append_cell(std::string& out, const Cell& cell) const {
    if (cell.kind != Cell::Kind::number) return append_text(out, cell.text);
    if (std::find(day_columns_.begin(), day_columns_.end(), cell.column) != day_columns_.end() &&
        append_date(out, cell.number, false, Shown::date))
        return;
    if (!std::isfinite(cell.number)) return append_text(out, "#NUM!");
    append_number(out, cell.number, decimal_);
}

void TableWriter::append_text(std::string& out, std::string_view text) const {
    const bool quoted = text.starts_with('"');
    if (quoted) out += '"';
    for (const char c : text) {
        if (quoted && c == '"') out += '"';
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
    if (quoted) out += '"';
}

}  // namespace fin::helper
