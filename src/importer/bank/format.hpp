// The banks' formats: how each is recognised, what its fields mean and which options it takes.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importer/importer.hpp"

namespace fin::importer::bank {

enum class Format { ofx, qif, mt940, camt, client_bank };

// By what the file says, never by its name: delimited tables and everything else give nullopt.
std::optional<Format> recognised(std::string_view content);

// As in plans and previews: "ofx", "qif", "mt940", "camt053" (also camt.052 and camt.054), "1c".
std::string_view name_of(Format format);
Format format_of(std::string_view name);
// As in messages: "an OFX statement".
std::string_view called(Format format);

// The fields a preview shows, with what each becomes; the order of Entry::raw.
std::vector<Column> columns_of(Format format);

// Throws Error{invalid_argument} that names an option which makes no sense for the format.
void refuse_options(Format format, const Options& options);

// An ICU converter name: the option, what the file declares, or what its bytes are.
// Throws Error{bad_data} where declaration and bytes contradict each other.
std::string encoding_of(Format format, std::string_view content, const Options& options, const InterruptCheck& check);

}  // namespace fin::importer::bank
