// Splits UTF-8 text into records and fields (RFC 4180 and its cousins): one record at a time, without copying.
#pragma once
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "importer/encoding.hpp"
#include "interrupt.hpp"

namespace fin::importer {

inline constexpr std::size_t max_columns = 1000;
inline constexpr std::size_t max_field = 1 << 20;
inline constexpr std::size_t max_file = std::size_t{1} << 30;

struct Record {
    std::vector<std::string_view> fields;  // unquoted; valid until the next record is read
    int line = 0;                          // 1-based line it begins on
    bool blank() const;                    // nothing but spaces in every field
};

// Quotes count at the start of a field only; doubled quotes inside stand for one; line ends are CRLF, LF or CR.
class Scanner {
public:
    // `check` is asked every 256 KB: a record may have a thousand long fields, so that counting records says little.
    Scanner(std::string_view content, const std::string& encoding, char delimiter, char quote = '"',
            const InterruptCheck& check = never_interrupted);

    // False at the end of the text. Throws Error{bad_data} for a quote that never closes, Error{limit_exceeded} for too
    // many or too long fields.
    bool next(Record& record);

    // True where a field is part of the content itself and lives as long as it.
    bool lasting(std::string_view field) const;

private:
    bool scan(std::string_view text, Record& record, bool whole, std::size_t& used);
    std::string_view unquoted(std::string_view raw);

    std::string_view content_;
    TextSource source_;
    char delimiter_, quote_;
    bool special_[256] = {};
    int line_ = 1;
    InterruptCheck check_;
    std::size_t unchecked_ = 0;        // bytes read since check_ was asked
    std::deque<std::string> scratch_;  // fields with doubled quotes; a deque so that views stay
    std::size_t scratch_used_ = 0;
};

}  // namespace fin::importer
