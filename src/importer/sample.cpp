#include "importer/sample.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "error.hpp"
#include "importer/date.hpp"
#include "importer/number.hpp"
#include "importer/scanner.hpp"
#include "importer/unicode.hpp"

namespace fin::importer {

Sample sample_of(std::string_view content, const std::string& encoding, char delimiter, std::size_t most,
                 const InterruptCheck& check) {
    Sample sample;
    Scanner scanner(content, encoding, delimiter, '"', check);
    Record record;
    std::size_t bytes = 0;
    constexpr std::size_t most_bytes = 4 << 20;
    while (sample.size() < most && bytes < most_bytes && scanner.next(record)) {
        SampleRecord& kept = sample.emplace_back();
        kept.line = record.line;
        for (const std::string_view field : record.fields) {
            const std::string_view text = trimmed(field);
            kept.blank = kept.blank && text.empty();
            // Long texts are not needed whole to judge what they are.
            kept.fields.push_back(clipped(text, 400));
            bytes += field.size() + 1;
        }
    }
    return sample;
}

namespace {

double evenness(const Sample& sample, const InterruptCheck& check) {
    std::map<std::size_t, std::size_t> widths;
    for (const auto& record : sample)
        if (!record.blank && record.fields.size() > 1) ++widths[record.fields.size()];
    if (widths.empty()) return 0;
    const auto common = std::max_element(widths.begin(), widths.end(), [](const auto& a, const auto& b) {
        return static_cast<double>(a.second) * std::sqrt(static_cast<double>(a.first)) <
               static_cast<double>(b.second) * std::sqrt(static_cast<double>(b.first));
    });
    double score = 0;
    for (const auto& record : sample) {
        if (record.fields.size() != common->first) continue;
        check();
        int typed = 0;
        for (const auto& field : record.fields) typed += looks_like_date(field) ? 2 : looks_like_amount(field) ? 1 : 0;
        score += std::sqrt(static_cast<double>(common->first - 1)) + std::min(typed, 4);
    }
    return score;
}

}  // namespace

char detect_delimiter(std::string_view content, const std::string& encoding, const InterruptCheck& check) {
    char best = 0;
    double best_score = 0;
    for (const char delimiter : {',', ';', '\t', '|'}) {
        double score = 0;
        try {
            check();
            score = evenness(sample_of(content, encoding, delimiter, 100, check), check);
        } catch (const Error&) {
            continue;  // a quote that never closes under this delimiter: not this one
        }
        if (score > best_score) best = delimiter, best_score = score;
    }
    if (best == 0) {
        const Sample sample = sample_of(content, encoding, ',', 100, check);  // an unclosed quote is the better message
        if (std::all_of(sample.begin(), sample.end(), [](const auto& record) { return record.blank; }))
            throw Error(ErrorCode::bad_data, "the file is empty", {}, "Import a file with a header and rows.");
        throw Error(ErrorCode::bad_data, "the file is no table",
                    "No line has fields separated by comma, semicolon, tab or |.",
                    "Import a CSV file; where another character separates the fields, say so in option delimiter.");
    }
    return best;
}

void refuse_too_large(std::string_view content) {
    if (content.size() > max_file)
        throw Error(ErrorCode::limit_exceeded, "the file is too large",
                    "It has " + std::to_string(content.size()) + " bytes; at most 1 GB can be imported at once.",
                    "Split it by year.");
}

void refuse_other_formats(std::string_view content) {
    refuse_too_large(content);
    const auto refuse = [](const std::string& what, const std::string& hint) {
        throw Error(ErrorCode::bad_data, "the file is " + what + ", not a delimited text table", {}, hint);
    };
    std::string_view text = content;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    text = trimmed(text.substr(0, 4096));
    if (text.empty()) {
        if (content.size() > 4096) return;
        throw Error(ErrorCode::bad_data, "the file is empty", {}, "Import a file with a header and rows.");
    }
    const std::string csv = "Export the same rows as CSV and import that file.";
    if (text.starts_with("<?xml") || text.starts_with("<Document")) refuse("an XML document", csv);
    if (text.starts_with("<!DOCTYPE") || text.starts_with("<html")) refuse("a web page", csv);
    if (text.starts_with("PK\x03\x04")) refuse("a workbook or zip archive", "Save the sheet as CSV and import that.");
    if (text.starts_with("\xD0\xCF\x11\xE0")) refuse("an old Excel workbook", "Save the sheet as CSV and import that.");
    if (text.starts_with("%PDF")) refuse("a PDF document", csv);
    if (text.starts_with("{\"") || text.starts_with("[{")) refuse("a JSON document", csv);
}

}  // namespace fin::importer
