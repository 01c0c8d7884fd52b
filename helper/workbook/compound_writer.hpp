// The smallest compound file that freexl takes: one stream, a workbook's records.
#pragma once
#include <string>
#include <string_view>

namespace fin::helper {

// At most 6 MB.
std::string compound_file_of(std::string_view workbook);

}  // namespace fin::helper
