// The readers of the banks' formats by name.
#pragma once
#include <memory>
#include <string_view>

#include "importer/bank/entry.hpp"
#include "importer/date.hpp"
#include "importer/number.hpp"

namespace fin::importer::bank {

// What a file's amounts and dates look like, where the format leaves it open.
struct Evidence {
    MarkEvidence marks;
    DateEvidence dates;
    std::size_t entries = 0;
};

std::unique_ptr<Source> open_ofx(std::string_view content, const Plan& plan, const InterruptCheck& check);
std::unique_ptr<Source> open_qif(std::string_view content, const Plan& plan, const InterruptCheck& check);
std::unique_ptr<Source> open_mt940(std::string_view content, const Plan& plan, const InterruptCheck& check);
std::unique_ptr<Source> open_camt(std::string_view content, const Plan& plan, const InterruptCheck& check);
std::unique_ptr<Source> open_client_bank(std::string_view content, const Plan& plan, const InterruptCheck& check);

// Reads the file for its amounts and, in QIF, dates alone.
void gather_ofx(std::string_view content, const Plan& plan, Evidence& evidence, const InterruptCheck& check);
void gather_qif(std::string_view content, const Plan& plan, Evidence& evidence, const InterruptCheck& check);

}  // namespace fin::importer::bank
