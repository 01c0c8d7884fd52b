// What the fuzz targets of the banks' formats demand of any bytes: nothing but fin::Error comes out, preview and read
// agree, texts are clean UTF-8, rows and skipped add up to what was read. The first byte chooses the options.
#pragma once
#include <cstdlib>
#include <string>
#include <string_view>

#include "error.hpp"
#include "importer/bank/bank.hpp"
#include "importer/importer.hpp"
#include "importer/unicode.hpp"

namespace fin::importer::fuzz {

inline void demand(bool holds) {
    if (!holds) std::abort();
}

inline bool clean(std::string_view text) {
    if (first_invalid_utf8(text) != std::string_view::npos) return false;
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20) return false;
    return true;
}

inline Options options_of(bank::Format format, unsigned char byte) {
    static const char* const encodings[] = {"UTF-8", "windows-1251", "UTF-16LE", "IBM866"};
    static const char* const dates[] = {"DD/MM/YY", "MM/DD/YYYY"};
    Options options;
    if (byte & 4) options.encoding = encodings[byte & 3];
    const bool open = format == bank::Format::ofx || format == bank::Format::qif;
    if (open && (byte & 8)) options.decimal = byte & 16 ? "," : ".";
    if (open && (byte & 32)) options.sign = "inverted";
    if (format == bank::Format::qif && (byte & 64)) options.date_format = dates[byte >> 7];
    return options;
}

// The reader itself, whether or not the bytes would be recognised as its format.
inline void read_all(std::string_view content, const Plan& plan) {
    std::size_t rows = 0, skipped = 0;
    const auto reader = bank::open_rows(content, plan, never_interrupted);
    ledger::Row row;
    for (;;) {
        const auto outcome = reader->next(row);
        if (outcome == RowSource::Outcome::end) break;
        if (outcome == RowSource::Outcome::skipped) {
            ++skipped;
            continue;
        }
        ++rows;
        for (const auto text : {row.currency, row.category, row.counterparty, row.account, row.description})
            demand(clean(text));
        demand(row.row_no > 0 && row.amount.units != INT64_MIN);
        demand(reader->fields().size() == plan.columns.size());
        reader->release();
    }
    demand(rows > 0 && rows + skipped == plan.records && skipped == plan.skipped);
}

inline int run(bank::Format format, const unsigned char* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view content(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Options options = options_of(format, data[0]);
    try {
        Plan plan = bank::draft(format, content, options, never_interrupted);
        bank::complete(content, plan, never_interrupted);
        read_all(content, plan);
        demand(clean(describe(plan)));
    } catch (const Error&) {
    }
    try {
        demand(clean(preview(content, "file", options)));
    } catch (const Error& error) {
        demand(error.code == ErrorCode::invalid_argument);
    }
    return 0;
}

}  // namespace fin::importer::fuzz
