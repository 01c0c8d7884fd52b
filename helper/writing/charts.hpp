// Native charts of a sheet.
#pragma once
#include <xlsxwriter.h>

#include <string>
#include <vector>

#include "exporter/colour.hpp"

namespace fin::helper {

struct ChartSeries {
    std::string name, values;  // a text; a range
    exporter::Colour colour;
    bool dashed = false;
};
struct SheetChart {
    enum class Kind { columns, bars, line } kind = Kind::columns;
    std::string title, categories;  // a range: of days, or of texts under bars
    std::vector<ChartSeries> series;
    std::size_t column = 0, row = 0, columns = 8, rows = 16;  // where it lies, in cells counted from 0
};

lxw_chart* made_chart(lxw_workbook* workbook, const SheetChart& chart);

}  // namespace fin::helper
