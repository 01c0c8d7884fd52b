// The beginning of a file as records: what delimiter, header and roles are judged by.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "interrupt.hpp"

namespace fin::importer {

struct SampleRecord {
    std::vector<std::string> fields;  // trimmed
    int line = 0;
    bool blank = true;
};
using Sample = std::vector<SampleRecord>;

inline constexpr std::size_t sample_records = 400;

Sample sample_of(std::string_view content, const std::string& encoding, char delimiter, std::size_t most,
                 const InterruptCheck& check = never_interrupted);

// The one of , ; tab | that makes the most even table of the first records.
// Throws Error{bad_data} where none makes a table.
char detect_delimiter(std::string_view content, const std::string& encoding,
                      const InterruptCheck& check = never_interrupted);

// Throws Error{limit_exceeded} for content that is too long.
void refuse_too_large(std::string_view content);

// Throws Error{bad_data} for empty content and for formats that are neither delimited text nor a bank's (other XML,
// workbooks, PDF), Error{limit_exceeded} for content that is too long.
void refuse_other_formats(std::string_view content);

}  // namespace fin::importer
