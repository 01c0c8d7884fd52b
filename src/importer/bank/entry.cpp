#include "importer/bank/entry.hpp"

namespace fin::importer::bank {

void refuse_cut_off(std::string_view what, std::size_t line) {
    throw Error(ErrorCode::bad_data, "the file is cut off",
                "It ends " + std::string(what) + ", at line " + std::to_string(line) + ".",
                "Fetch the whole file again: what is missing would be missing from every total.");
}

void refuse_twice(std::string_view field, std::size_t line) {
    throw Error(ErrorCode::bad_data, "field \"" + std::string(field) + "\" stands twice where it may stand once",
                "The second one is at line " + std::to_string(line) + ".", "The file is damaged: fetch it again.");
}

void refuse_long(std::string_view what, std::size_t line) {
    throw Error(ErrorCode::limit_exceeded, std::string(what) + " is too long",
                "It goes on beyond line " + std::to_string(line) + ".", "The file is damaged or no statement.");
}

std::string_view beginning_of(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
    return text.substr(0, bytes);
}

std::optional<ledger::Money> plain_amount(std::string_view text, char mark) {
    if (text.empty() || text.size() > 40 || text.front() < '0' || text.front() > '9') return std::nullopt;
    std::string digits(text);
    std::size_t marks = 0;
    for (char& c : digits) {
        if (c == mark)
            ++marks, c = '.';
        else if (c < '0' || c > '9')
            return std::nullopt;
    }
    if (marks > 1) return std::nullopt;
    return ledger::Money::parse(digits);
}

std::optional<ledger::Day> plain_day(std::string_view text, const DateFormat& format) {
    ledger::Day day = 0;
    if (text.empty() || format.match(text, day) != text.size()) return std::nullopt;
    return day;
}

std::string_view category_of_kind(std::string_view kind) {
    struct Meaning {
        std::string_view kind, category;
    };
    // OFX TRNTYPE, SWIFT's transaction types (behind N, S or F) and ISO 20022's sub-families.
    static constexpr Meaning meanings[] = {
        {"FEE", "Bank fees"},  {"SRVCHG", "Bank fees"}, {"CHG", "Bank fees"},  {"COM", "Bank fees"},
        {"CHRG", "Bank fees"}, {"FEES", "Bank fees"},   {"COMM", "Bank fees"}, {"INT", "Interest"},
        {"INTR", "Interest"},  {"DIV", "Dividends"},    {"DVCA", "Dividends"},
    };
    for (const auto& meaning : meanings)
        if (meaning.kind == kind) return meaning.category;
    return {};
}

}  // namespace fin::importer::bank
