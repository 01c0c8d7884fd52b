#include "importer/scanner.hpp"

#include <algorithm>

#include "error.hpp"
#include "importer/unicode.hpp"

namespace fin::importer {

namespace {

constexpr std::size_t check_bytes = 1 << 18;

[[noreturn]] void too_long(int line) {
    throw Error(ErrorCode::limit_exceeded, "a field is too long",
                "The record at line " + std::to_string(line) + " has a field of more than 1 MB.",
                "A quote that is opened and never closed swallows the lines after it: look for one there.");
}

}  // namespace

bool Record::blank() const {
    return std::all_of(fields.begin(), fields.end(), [](std::string_view field) { return trimmed(field).empty(); });
}

Scanner::Scanner(std::string_view content, const std::string& encoding, char delimiter, char quote,
                 const InterruptCheck& check)
    : content_(content), source_(content, encoding), delimiter_(delimiter), quote_(quote), check_(check) {
    for (const char c : {delimiter, '\n', '\r'}) special_[static_cast<unsigned char>(c)] = true;
}

bool Scanner::lasting(std::string_view field) const {
    return source_.in_place() && field.data() >= content_.data() &&
           field.data() + field.size() <= content_.data() + content_.size();
}

bool Scanner::next(Record& record) {
    for (;;) {
        const std::string_view text = source_.window();
        std::size_t used = 0;
        if (!text.empty() && scan(text, record, false, used)) {
            source_.consume(used);
            return true;
        }
        if (text.size() > max_columns * 4096 && text.size() > 4 * max_field && !source_.in_place()) too_long(line_);
        if (!source_.extend()) break;
    }
    const std::string_view text = source_.window();
    if (text.empty()) return false;
    std::size_t used = 0;
    scan(text, record, true, used);
    source_.consume(used);
    return true;
}

// False where the record does not end within the text; `whole` says that there is no more text.
bool Scanner::scan(std::string_view text, Record& record, bool whole, std::size_t& used) {
    record.fields.clear();
    record.line = line_;
    scratch_used_ = 0;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const char* at = begin;
    const char* counted = begin;
    int lines = 0;
    for (;;) {
        unchecked_ += static_cast<std::size_t>(at - counted);
        counted = at;
        if (unchecked_ >= check_bytes) unchecked_ = 0, check_();
        if (record.fields.size() >= max_columns)
            throw Error(ErrorCode::limit_exceeded, "too many columns",
                        "The record at line " + std::to_string(line_) + " has more than " +
                            std::to_string(max_columns) + " fields.");
        const char* start = at;
        // No further than a field may be long: a quote that never closes is not looked for in all of a large file.
        const auto room = [end](const char* from) {
            return from + std::min(static_cast<std::size_t>(end - from), max_field + 1);
        };
        const char* stop = room(start);
        while (at < stop && *at == ' ' && delimiter_ != ' ') ++at;
        if (static_cast<std::size_t>(at - start) > max_field) too_long(line_);
        if (at < end && *at == quote_) {
            const char* const inside = ++at;
            bool doubled = false, closed = false;
            stop = room(inside);
            while (at < stop) {
                while (at < stop && *at != quote_) lines += *at == '\n', ++at;
                if (at >= stop) break;
                if (at + 1 < end && at[1] == quote_) {
                    doubled = true, at += 2;
                    continue;
                }
                if (at + 1 == end && !whole) return false;  // the next piece may double it
                closed = true;
                break;
            }
            if (!closed) {
                if (static_cast<std::size_t>(end - inside) > max_field) too_long(line_);
                if (!whole) return false;
                throw Error(ErrorCode::bad_data, "a quote is opened and never closed",
                            "The field begins in the record at line " + std::to_string(line_) + ": " +
                                clipped(cleaned(std::string_view(inside, static_cast<std::size_t>(end - inside)))),
                            "Close the quote, or double it where it belongs to the text.");
            }
            std::string_view field(inside, static_cast<std::size_t>(at - inside));
            ++at;
            if (at < end && !special_[static_cast<unsigned char>(*at)]) {
                // Text after the closing quote belongs to the field; spaces do not.
                const char* const tail = at;
                stop = room(tail);
                while (at < stop && !special_[static_cast<unsigned char>(*at)]) ++at;
                if (static_cast<std::size_t>(at - tail) > max_field) too_long(line_);
                if (at == end && !whole) return false;
                const std::string_view rest(tail, static_cast<std::size_t>(at - tail));
                if (!trimmed(rest).empty())
                    field = std::string_view(inside - 1, static_cast<std::size_t>(at - inside + 1)), doubled = false;
            }
            if (field.size() > max_field) too_long(line_);
            record.fields.push_back(doubled ? unquoted(field) : field);
        } else {
            at = start;
            while (at < stop && !special_[static_cast<unsigned char>(*at)]) ++at;
            if (static_cast<std::size_t>(at - start) > max_field) too_long(line_);
            record.fields.emplace_back(start, static_cast<std::size_t>(at - start));
        }
        if (at == end) {
            if (!whole) return false;
            break;
        }
        if (*at == delimiter_) {
            ++at;
            if (at == end && whole) {
                record.fields.emplace_back();
                break;
            }
            continue;
        }
        if (*at == '\r') {
            if (at + 1 == end && !whole) return false;
            if (at + 1 < end && at[1] == '\n') ++at;
        }
        ++at, ++lines;
        break;
    }
    unchecked_ += static_cast<std::size_t>(at - counted);
    used = static_cast<std::size_t>(at - begin);
    line_ += lines;
    return true;
}

std::string_view Scanner::unquoted(std::string_view raw) {
    if (scratch_used_ == scratch_.size()) scratch_.emplace_back();
    std::string& text = scratch_[scratch_used_++];
    text.clear();
    for (std::size_t i = 0; i < raw.size(); ++i) {
        text += raw[i];
        if (raw[i] == quote_) ++i;
    }
    return text;
}

}  // namespace fin::importer
