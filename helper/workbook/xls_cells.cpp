#include "workbook/xls_cells.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "workbook/biff.hpp"
#include "workbook/bytes.hpp"
#include "workbook/refuse.hpp"

namespace fin::helper {

namespace {

constexpr unsigned most_old_columns = 256;

void add_many(XlsCells& cells, const Record& record, std::size_t at) {
    const std::string_view body = record.body;
    constexpr std::size_t head = 4, each = 6, last_column = 2;
    std::uint16_t column = u16(body, 2);
    for (std::size_t i = head; i + each + last_column <= body.size(); i += each, ++column)
        cells.places.push_back({static_cast<std::uint32_t>(at + head + i), u16(body, 0), column, true});
}

void add_merged(XlsCells& cells, std::string_view body) {
    for (std::size_t i = 2; i + 8 <= body.size(); i += 8)
        if (u16(body, i + 2) > u16(body, i))
            cells.merged.push_back({u16(body, i) + 1U, u16(body, i + 2) + 1U, u16(body, i + 4)});
}

// Programs other than Excel write cells in any order. Of a cell that stands twice the last counts, as in Excel.
void put_in_order(std::vector<XlsCells::Place>& places) {
    using Place = XlsCells::Place;
    const auto before = [](const Place& a, const Place& b) {
        return std::pair(a.row, a.column) < std::pair(b.row, b.column);
    };
    if (!std::is_sorted(places.begin(), places.end(), before)) std::stable_sort(places.begin(), places.end(), before);
    const auto same = [](const Place& a, const Place& b) { return a.row == b.row && a.column == b.column; };
    places.erase(places.begin(), std::unique(places.rbegin(), places.rend(), same).base());
}

void check_columns(const std::vector<XlsCells::Place>& places) {
    for (const auto& place : places)
        if (place.column >= most_old_columns)
            too_much("the sheet has too many columns", "Row " + std::to_string(place.row + 1) +
                                                           " has a cell in column " + std::to_string(place.column + 1) +
                                                           "; an XLS workbook has " + std::to_string(most_old_columns) +
                                                           ".");
}

}  // namespace

XlsCells find_cells(std::string_view stream, std::uint32_t begin) {
    XlsCells cells;
    std::size_t at = begin;
    Record record = record_at(stream, at);
    if (record.id != biff::begin_of_part)
        refuse("the workbook is damaged or cut off", "A sheet is not where it should be.");
    for (int inside = 1; inside > 0;) {
        at = record.next;
        record = record_at(stream, at);
        if (record.id == 0) break;
        if (record.id == biff::begin_of_part) ++inside;  // a chart within the sheet
        if (record.id == biff::end_of_part) --inside;
        if (inside != 1) continue;
        const std::string_view body = record.body;
        switch (record.id) {
            case biff::formula:
            case biff::number:
            case biff::label:
            case biff::rich_label:
            case biff::label_shared:
            case biff::bool_or_error:
            case biff::rk:
                cells.places.push_back({static_cast<std::uint32_t>(at), u16(body, 0), u16(body, 2), false});
                break;
            case biff::many_rk: add_many(cells, record, at); break;
            case biff::row_head:
                if (u16(body, 12) & 0x20) cells.hidden.push_back(u16(body, 0) + 1U);
                break;
            case biff::merged_cells: add_merged(cells, body); break;
            default: break;
        }
    }
    std::sort(cells.hidden.begin(), cells.hidden.end());
    put_in_order(cells.places);
    check_columns(cells.places);
    return cells;
}

}  // namespace fin::helper
