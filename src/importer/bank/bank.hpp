// The banks' formats as the importer asks for them: recognised, examined, read. One reader each: ofx.cpp, qif.cpp,
// mt940.cpp, camt.cpp, client_bank.cpp.
#pragma once
#include <memory>
#include <string_view>

#include "importer/bank/format.hpp"
#include "importer/row_source.hpp"

namespace fin::importer::bank {

// As importer/draft.hpp has it for delimited text.
Plan draft(Format format, std::string_view content, const Options& options, const InterruptCheck& check);
void complete(std::string_view content, Plan& plan, const InterruptCheck& check);

std::unique_ptr<RowSource> open_rows(std::string_view content, const Plan& plan, const InterruptCheck& check);

}  // namespace fin::importer::bank
