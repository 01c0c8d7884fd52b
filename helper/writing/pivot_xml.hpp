// The pivot table over the transactions: its cache and itself. Both say what to group, the spreadsheet program fills
// them when it opens the file.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fin::helper {

struct PivotPlan {
    std::string sheet, range;          // "Transactions", "A1:J501"
    std::vector<std::string> columns;  // of the range, as its first row names them
    std::vector<std::size_t> rows;     // columns that become rows, outermost first
    std::size_t across = 0, summed = 0;
    std::string data_name;  // "Sum of amount"
};

std::string pivot_cache_xml(const PivotPlan& plan);
std::string pivot_table_xml(const PivotPlan& plan);

}  // namespace fin::helper
