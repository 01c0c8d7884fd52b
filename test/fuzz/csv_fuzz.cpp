// Any bytes as a file: examined, read and previewed. Nothing but fin::Error may come out, preview and read agree, and
// every stored text is clean UTF-8. The first two bytes choose the options.
#include <cstdlib>
#include <string>
#include <string_view>

#include "error.hpp"
#include "importer/importer.hpp"
#include "importer/unicode.hpp"

using namespace fin;
using namespace fin::importer;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

Options options_of(unsigned char a, unsigned char b) {
    static const char* const delimiters[] = {",", ";", "\t", "|"};
    static const char* const encodings[] = {"UTF-8", "UTF-16LE", "windows-1251", "IBM866"};
    static const char* const formats[] = {"DD.MM.YYYY", "YYMMDD", "D MON YY", "WEEKDAY, MON DD, YYYY|YYYY-MM-DD"};
    static const char* const signs[] = {"as_is", "inverted", "expenses", "as_is"};
    Options options;
    if (a & 4) options.delimiter = delimiters[a & 3];
    if (a & 32) options.encoding = encodings[a >> 3 & 3];
    if (a & 64) options.decimal = a & 128 ? "," : ".";
    if (b & 4) options.date_format = formats[b & 3];
    if (b & 32) options.sign = signs[b >> 3 & 3];
    if (b & 64) options.header_row = b & 128 ? 1 : 0;
    return options;
}

bool clean(std::string_view text) {
    if (first_invalid_utf8(text) != std::string_view::npos) return false;
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20) return false;
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view content(reinterpret_cast<const char*>(data) + 2, size - 2);
    const Options options = options_of(data[0], data[1]);
    try {
        Options::parse(content);
    } catch (const Error&) {
    }
    try {
        demand(clean(preview(content, "file.csv", options)));
    } catch (const Error& error) {
        demand(error.code == ErrorCode::invalid_argument);
    }
    try {
        const Plan plan = examine(content, "file.csv", options);
        std::size_t rows = 0;
        read(
            content, plan,
            [&](const std::vector<ledger::Row>& batch) {
                for (const auto& row : batch) {
                    ++rows;
                    for (const auto text : {row.currency, row.category, row.counterparty, row.account, row.description})
                        demand(clean(text));
                    demand(row.row_no > 0 && row.amount.units != INT64_MIN);
                }
            },
            never_interrupted, 3);
        demand(rows + plan.skipped == plan.records && rows > 0);
    } catch (const Error&) {
    }
    return 0;
}
