// The plan before any row is read by it: what examine() then completes and preview() reads row by row.
#pragma once
#include "importer/importer.hpp"

namespace fin::importer {

// Everything of the plan but records, skipped and the opening balance, which take reading the rows.
Plan draft(std::string_view content, const Options& options, const InterruptCheck& check);

// Reads every row by the plan and fills in the rest. Throws BadRow for the first bad one.
void complete(std::string_view content, Plan& plan, const InterruptCheck& check);

}  // namespace fin::importer
