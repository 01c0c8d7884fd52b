#include "boost/json_cursor.hpp"

#include <cmath>

#include "error.hpp"

namespace fin::boost {

void JsonCursor::refuse(const char* what) {
    throw Error(ErrorCode::bad_data, "not a model of gradient boosting", what);
}

void JsonCursor::space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
}

bool JsonCursor::accept(char wanted) {
    space();
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
}

void JsonCursor::expect(char wanted) {
    if (!accept(wanted)) refuse("The JSON text has another shape.");
}

std::string_view JsonCursor::string() {
    expect('"');
    const char* from = at_;
    for (; at_ != end_ && *at_ != '"'; ++at_)
        if (*at_ == '\\' && ++at_ == end_) break;
    if (at_ == end_) refuse("The JSON text ends within a string.");
    return {from, static_cast<std::size_t>(at_++ - from)};
}

std::string_view JsonCursor::word() {
    space();
    const char* from = at_;
    while (at_ != end_ && ((*at_ >= '0' && *at_ <= '9') || (*at_ >= 'a' && *at_ <= 'z') ||
                           (*at_ >= 'A' && *at_ <= 'Z') || *at_ == '-' || *at_ == '+' || *at_ == '.'))
        ++at_;
    if (at_ == from) refuse("A number is missing.");
    return {from, static_cast<std::size_t>(at_ - from)};
}

float JsonCursor::number() {
    float value = 0;
    if (!read_number(word(), value) || !std::isfinite(value)) refuse("A number is none that a float holds.");
    return value;
}

std::int64_t JsonCursor::integer() {
    std::int64_t value = 0;
    if (!read_number(word(), value)) refuse("A whole number is none.");
    return value;
}

bool JsonCursor::truth() {
    const std::string_view text = word();
    if (text == "1" || text == "true") return true;
    if (text != "0" && text != "false") refuse("A yes or no is neither.");
    return false;
}

// Without recursion: a text may open a million brackets.
void JsonCursor::skip() {
    std::string open;  // what closes each level
    do {
        space();
        if (at_ == end_) refuse("The JSON text ends too early.");
        if (*at_ == '{' || *at_ == '[') {
            open.push_back(*at_++ == '{' ? '}' : ']');
        } else if (!open.empty() && *at_ == open.back()) {
            open.pop_back();
            ++at_;
        } else if (*at_ == '"') {
            string();
        } else if (!open.empty() && (*at_ == ',' || *at_ == ':')) {
            ++at_;  // their places are of no interest in what is skipped
        } else {
            word();
        }
    } while (!open.empty());
}

void JsonCursor::finish() {
    space();
    if (at_ != end_) refuse("Something follows the JSON text.");
}

}  // namespace fin::boost
