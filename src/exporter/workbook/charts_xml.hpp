// Native charts of a sheet: the drawing that places them and each chart's own part.
#pragma once
#include <string>
#include <vector>

#include "exporter/workbook/sheet.hpp"

namespace fin::exporter {

std::string drawing_xml(const std::vector<SheetChart>& charts);
// Relations rId1.. to /xl/charts/chart<first>.xml and those after it.
std::string drawing_relations(std::size_t first, std::size_t count);
std::string chart_xml(const SheetChart& chart);

}  // namespace fin::exporter
