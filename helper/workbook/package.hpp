// The smallest XLSX workbook that orcus takes: one part of content, nothing compressed.
#pragma once
#include <string>
#include <string_view>

namespace fin::helper {

enum class PackageOf { sheet, styles };

std::string package_of(PackageOf kind, std::string_view part);

}  // namespace fin::helper
