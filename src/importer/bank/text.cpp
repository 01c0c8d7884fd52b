#include "importer/bank/text.hpp"

#include <algorithm>

#include "error.hpp"

namespace fin::importer::bank {

namespace {

constexpr std::size_t check_bytes = 1 << 18;

bool is_wrapping(char c) { return c == '\x01' || c == '\x03' || c == '\f' || c == '\x1A'; }

}  // namespace

void Text::consume(std::size_t bytes) {
    const std::string_view text = source_.window().substr(0, bytes);
    for (const char c : text) {
        line_ += c == '\r' || (c == '\n' && !after_return_);
        after_return_ = c == '\r';
    }
    source_.consume(bytes);
    unchecked_ += bytes;
    if (unchecked_ >= check_bytes) unchecked_ = 0, check_();
}

bool Lines::next() {
    const std::string_view text = text_.ahead(max_line + 2).substr(0, max_line + 2);
    if (text.empty()) return false;
    number_ = text_.line();
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    if (end > max_line)
        throw Error(ErrorCode::limit_exceeded, "a line is too long",
                    "Line " + std::to_string(number_) + " has more than " + std::to_string(max_line) + " bytes.",
                    "The file is damaged or no statement.");
    line_ = text.substr(0, end);
    const bool crlf = text.substr(end).starts_with("\r\n");
    text_.consume(end + (end < text.size() ? (crlf ? 2 : 1) : 0));
    while (!line_.empty() && is_wrapping(line_.back())) line_.pop_back();
    std::size_t from = 0;
    while (from < line_.size() && is_wrapping(line_[from])) ++from;
    line_.erase(0, from);
    const bool broken = std::any_of(line_.begin(), line_.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
    });
    if (broken)
        throw Error(ErrorCode::bad_data, "the file holds control characters",
                    "Line " + std::to_string(number_) + " is not text.", "The file is damaged: fetch it again.");
    return true;
}

}  // namespace fin::importer::bank
