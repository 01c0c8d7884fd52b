#include "api/request/scanner.hpp"

#include "api/error.hpp"
#include "api/request/text.hpp"

namespace fin::api::request {

namespace {

bool is_identifier_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           c == ' ' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

bool Scanner::take(std::string_view word) {
    if (!sees(word)) return false;
    at_ += word.size();
    return true;
}

bool Scanner::take_ignoring_case(std::string_view word) {
    if (!equal_ignoring_case(text_.substr(at_, word.size()), word)) return false;
    at_ += word.size();
    return true;
}

void Scanner::skip_spaces() {
    while (sees_char(' ') || sees_char('\t')) ++at_;
}

void Scanner::demand(std::string_view word, std::string_view expected) {
    if (!take(word)) fail(expected);
}

std::string Scanner::identifier() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_identifier_byte(text_[at_])) ++at_;
    const std::string_view word = trimmed(text_.substr(start, at_ - start));
    if (word.empty()) fail("letter or digit");
    return std::string(word);
}

bool Scanner::quoted(std::string& out) {
    if (!sees_char('"')) return false;
    out.clear();
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
        if (text_[i] == '"') {
            at_ = i + 1;
            return true;
        }
        if (text_[i] == '\\' && ++i == text_.size()) break;
        out.push_back(text_[i]);
    }
    return false;
}

std::string Scanner::name() {
    std::string out;
    if (sees_char('"')) {
        if (!quoted(out)) at_ = text_.size(), fail("\"\\\"\"");
        return out;
    }
    if (at_end() || !is_identifier_byte(peek())) fail("field name (* or [a..z0..9_$])");
    out = identifier();
    while (sees_char('-') && !sees("->")) {
        ++at_;
        out.push_back('-');
        out.append(identifier());
    }
    return out;
}

void Scanner::fail(std::string_view expected) const {
    std::size_t column = 1;
    for (std::size_t i = 0; i < at_; ++i)
        if ((static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80) ++column;
    std::string message = "\"failed to parse ";
    message.append(what_).append(" (").append(shown_).append(")\" (line 1, column ").append(std::to_string(column));
    message.push_back(')');
    std::string details = "unexpected ";
    if (at_end()) {
        details += "end of input";
    } else {
        std::size_t end = at_ + 1;
        while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
        // Parsec's words: a character in the way of the end is shown like that.
        const std::string_view mark =
            expected.find("end of input") == std::string_view::npos ? std::string_view("\"") : std::string_view("'");
        details.append(mark).append(text_.substr(at_, end - at_)).append(mark);
    }
    details.append(" expecting ").append(expected);
    throw ApiError(400, "PGRST100", std::move(message), details);
}

}  // namespace fin::api::request
