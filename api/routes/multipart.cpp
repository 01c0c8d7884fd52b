#include "api/routes/multipart.hpp"

#include <algorithm>

#include "api/error.hpp"
#include "api/request/text.hpp"

namespace fin::api::routes {

namespace {

constexpr std::size_t longest_head = 8 << 10, longest_boundary = 70, longest_filename = 200;
constexpr int most_parts = 100;

[[noreturn]] void refuse(const char* details) {
    throw ApiError(400, "FIN400", "The multipart body is malformed", details);
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// "quoted \"text\"" or a token, at the beginning of `rest`.
std::string parameter_text(std::string_view rest) {
    std::string text;
    if (rest.empty() || rest.front() != '"') return std::string(rest.substr(0, rest.find_first_of("; \t")));
    for (std::size_t i = 1; i < rest.size() && rest[i] != '"'; ++i) {
        // Old browsers send paths with single backslashes: only what must be escaped is.
        if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
        text += rest[i];
    }
    return text;
}

Part read_part(std::string_view head) {
    Part part;
    bool named = false;
    while (!head.empty()) {
        const std::size_t end = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        const std::size_t colon = line.find(':');
        if (line.empty() || is_blank(line.front()) || colon == std::string_view::npos)
            refuse("A part's head is no header");
        const std::string_view name = line.substr(0, colon), value = request::trimmed(line.substr(colon + 1));
        if (request::equal_ignoring_case(name, "content-type")) part.media_type = value;
        if (request::equal_ignoring_case(name, "content-transfer-encoding") &&
            !request::equal_ignoring_case(value, "binary") && !request::equal_ignoring_case(value, "8bit") &&
            !request::equal_ignoring_case(value, "7bit"))
            refuse("A part is encoded");
        if (!request::equal_ignoring_case(name, "content-disposition")) continue;
        if (named) refuse("A part has two names");
        const auto field = header_parameter(value, "name");
        if (!request::equal_ignoring_case(value.substr(0, 9), "form-data") || !field) refuse("A part has no name");
        named = true;
        part.name = *field;
        part.filename = header_parameter(value, "filename");
    }
    if (!named) refuse("A part has no name");
    return part;
}

}  // namespace

MultipartParser::MultipartParser(const std::string& boundary, PartTaker& taker)
    : delimiter_("\r\n--" + boundary), taker_(taker) {}

void MultipartParser::take(std::string_view data) {
    if (state_ == State::over) return;  // what follows the last boundary says nothing
    held_ += data;
    while (step()) {
    }
}

void MultipartParser::finish() const {
    if (state_ != State::over) refuse("The last boundary is missing");
}

bool MultipartParser::step() {
    switch (state_) {
        case State::before:
        case State::body: return find_boundary();
        case State::head_begins: return begin_head();
        case State::head: return read_head();
        case State::over: break;
    }
    held_.clear();
    return false;
}

bool MultipartParser::find_boundary() {
    const std::size_t at = held_.find(delimiter_);
    // What may be the beginning of a boundary waits for its rest.
    const std::size_t sure = at != std::string::npos                 ? at
                             : held_.size() >= delimiter_.size() - 1 ? held_.size() - (delimiter_.size() - 1)
                                                                     : 0;
    if (state_ == State::body && sure > 0) taker_.data(std::string_view(held_).substr(0, sure));
    if (at == std::string::npos) {
        held_.erase(0, sure);
        return false;
    }
    if (state_ == State::body) taker_.end();
    held_.erase(0, at + delimiter_.size());
    state_ = State::head_begins;
    return true;
}

// Behind a boundary: "--" is the end, a line break a part; blanks may stand before it.
bool MultipartParser::begin_head() {
    if (held_.compare(0, 2, "--") == 0) {
        state_ = State::over;
        return true;
    }
    const auto blanks =
        static_cast<std::size_t>(std::find_if_not(held_.begin(), held_.end(), is_blank) - held_.begin());
    if (blanks > longest_head) refuse("A boundary does not end its line");
    if (held_.size() < blanks + 2) {
        const bool may_be = held_.size() == blanks || held_[blanks] == '\r' || (blanks == 0 && held_[0] == '-');
        if (!may_be) refuse("A boundary does not end its line");
        return false;
    }
    if (held_[blanks] != '\r' || held_[blanks + 1] != '\n') refuse("A boundary does not end its line");
    if (++parts_ > most_parts) refuse("There are too many parts");
    held_.erase(0, blanks);  // the line break stays: a head may be empty
    state_ = State::head;
    return true;
}

bool MultipartParser::read_head() {
    const std::size_t end = held_.find("\r\n\r\n");
    if (end > longest_head) {  // or there is none
        if (held_.size() > longest_head + 4) refuse("A part's head is too long");
        return false;
    }
    taker_.begin(read_part(end < 2 ? std::string_view() : std::string_view(held_).substr(2, end - 2)));
    held_.erase(0, end + 4);
    state_ = State::body;
    return true;
}

std::optional<std::string> header_parameter(std::string_view value, std::string_view name) {
    std::optional<std::string> found;
    bool quoted = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '"') quoted = !quoted;
        if (quoted && value[i] == '\\') ++i;
        if (quoted || i >= value.size() || value[i] != ';') continue;
        std::string_view rest = value.substr(i + 1);
        while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
        const std::size_t equals = rest.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view key = request::trimmed(rest.substr(0, equals));
        const std::string text = parameter_text(request::trimmed(rest.substr(equals + 1)));
        if (request::equal_ignoring_case(key, name) && !found) found = text;
        const bool extended = key.size() == name.size() + 1 && key.back() == '*' &&
                              request::equal_ignoring_case(key.substr(0, name.size()), name);
        if (extended && request::equal_ignoring_case(std::string_view(text).substr(0, 7), "utf-8''"))
            return request::percent_decoded(std::string_view(text).substr(7), false);
    }
    return found;
}

std::optional<std::string> multipart_boundary(std::string_view content_type) {
    const std::string_view essence = request::trimmed(content_type.substr(0, content_type.find(';')));
    if (!request::equal_ignoring_case(essence, "multipart/form-data")) return std::nullopt;
    auto boundary = header_parameter(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > longest_boundary ||
        boundary->find_first_of("\r\n") != std::string::npos)
        refuse("Its boundary is missing or cannot be used");
    return boundary;
}

std::string plain_filename(std::string_view name) {
    const std::size_t slash = name.find_last_of("/\\");
    if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
    std::string plain;
    for (const char c : name)
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) plain += c;
    if (plain.size() > longest_filename) {
        std::size_t end = longest_filename;
        while (end > 0 && (static_cast<unsigned char>(plain[end]) & 0xC0) == 0x80) --end;  // between two characters
        plain.resize(end);
    }
    return plain == "." || plain == ".." ? std::string() : plain;
}

}  // namespace fin::api::routes
