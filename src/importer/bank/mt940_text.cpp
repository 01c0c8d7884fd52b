#include "importer/bank/mt940_text.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "importer/unicode.hpp"

namespace fin::importer::bank {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append(std::string& text, std::string_view part, std::string_view between) {
    if (part.empty()) return;
    if (!text.empty()) text += between;
    text += part;
}

// "166?00GUTSCHRIFT?20SVWZ+...?32NAME": a code of three digits, then subfields behind one separator.
bool read_subfields(std::string_view text, Remittance& result) {
    if (text.size() < 6 || !is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[2])) return false;
    const char separator = text[3];
    if (is_digit(separator) || separator == ' ' || !is_digit(text[4]) || !is_digit(text[5])) return false;
    // A sign such as ? < > + ~, never a letter or part of one.
    if (separator < '!' || separator > '~') return false;
    if ((separator >= 'A' && separator <= 'Z') || (separator >= 'a' && separator <= 'z')) return false;
    std::string purpose;
    for (std::size_t at = 3; at + 3 <= text.size();) {
        // A subfield begins at the separator that two digits follow.
        std::size_t end = at + 3;
        while (end < text.size() &&
               !(text[end] == separator && end + 2 < text.size() && is_digit(text[end + 1]) && is_digit(text[end + 2])))
            ++end;
        const int number = (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
        const std::string_view value = text.substr(at + 3, end - at - 3);
        if (number == 0) result.kind = value;
        // Purpose lines are pieces of 27 characters; the next one goes on where this one ends.
        if ((number >= 20 && number <= 29) || (number >= 60 && number <= 63)) purpose += value;
        if (number == 32 || number == 33) result.counterparty += value;
        at = end;
    }
    // Of SEPA's fields in the purpose only what the payer wrote is for people.
    static constexpr std::string_view fields[] = {"EREF+", "KREF+", "MREF+", "BREF+", "RREF+",
                                                  "CRED+", "DEBT+", "COAM+", "OAMT+", "SVWZ+",
                                                  "ABWA+", "ABWE+", "IBAN+", "BIC+",  "RCUR+"};
    if (const std::size_t from = purpose.find("SVWZ+"); from != std::string::npos) {
        std::size_t end = purpose.size();
        for (const auto field : fields)
            if (const std::size_t next = purpose.find(field, from + 5); next != std::string::npos)
                end = std::min(end, next);
        purpose = purpose.substr(from + 5, end - from - 5);
    }
    result.description = purpose;
    return true;
}

// The codes that begin a subfield in "/CODE/...": ING, ABN AMRO, Rabobank and others.
bool is_code(std::string_view word) {
    static constexpr std::string_view codes[] = {
        "TRTP", "IBAN", "BIC",  "NAME", "REMI", "EREF", "PREF", "MARF", "CSID", "CNTP", "RTRN", "ORDP",
        "BENM", "ISDT", "UDTR", "ACCW", "ID",   "ADDR", "PURP", "CREF", "RFB",  "SVCL", "ULTD", "ULTB",
        "ULTC", "IREF", "OCMT", "CHGS", "EXCH", "BO",   "BO1",  "INIT", "TYPE", "TRCD", "SUM",  "CDTRREF"};
    return std::find(std::begin(codes), std::end(codes), word) != std::end(codes);
}

std::string_view without_slashes(std::string_view text) {
    while (!text.empty() && (text.front() == '/' || text.front() == ' ')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == '/' || text.back() == ' ')) text.remove_suffix(1);
    return text;
}

bool read_codes(std::string_view text, Remittance& result) {
    if (!text.starts_with('/')) return false;
    const auto code_at = [&](std::size_t at) -> std::string_view {
        if (at >= text.size() || text[at] != '/') return {};
        const std::size_t end = text.find('/', at + 1);
        if (end == std::string_view::npos || end - at > 8) return {};
        const std::string_view word = text.substr(at + 1, end - at - 1);
        return is_code(word) ? word : std::string_view{};
    };
    if (code_at(0).empty()) return false;
    bool named = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view code = code_at(at);
        const std::size_t from = at + code.size() + 2;
        std::size_t end = from;
        while (end < text.size() && code_at(end).empty()) ++end;
        const std::string_view value =
            without_slashes(text.substr(std::min(from, text.size()), end - std::min(from, end)));
        if (code == "NAME" && !named) result.counterparty = value, named = true;
        if (code == "CNTP" && !named) {
            // Account, BIC, name, town.
            std::size_t part = 0, begin = 0;
            for (std::size_t slash; part < 2 && (slash = value.find('/', begin)) != std::string_view::npos; ++part)
                begin = slash + 1;
            if (part == 2) result.counterparty = value.substr(begin, value.find('/', begin) - begin);
        }
        if (code == "TRTP") result.kind = value;
        if (code == "REMI") {
            std::string_view words = value;
            for (const std::string_view prefix : {"USTD", "STRD/CUR", "STRD"})
                if (words.starts_with(prefix)) {
                    words = without_slashes(words.substr(prefix.size()));
                    break;
                }
            append(result.description, words, " ");
        }
        at = end;
    }
    return true;
}

}  // namespace

Remittance remittance_of(const std::vector<std::string>& lines) {
    std::string joined, spaced;
    for (const auto& line : lines) {
        joined += line;
        append(spaced, trimmed(line), " ");
    }
    Remittance result;
    // Structured text is cut into lines wherever they are full; other text is cut between words.
    if (read_subfields(joined, result) || read_codes(joined, result)) {
        if (result.description.empty()) result.description = result.kind;
        return result;
    }
    result = {};
    result.description = spaced;
    return result;
}

}  // namespace fin::importer::bank
