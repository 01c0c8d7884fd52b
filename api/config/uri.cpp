#include "api/config/uri.hpp"

#include <algorithm>
#include <charconv>

namespace fin::api {

namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool hexadecimal(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_scheme(std::string_view text) {
    if (text.empty() || !letter(text[0])) return false;
    for (const char c : text)
        if (!letter(c) && !digit(c) && c != '+' && c != '-' && c != '.') return false;
    return true;
}

}  // namespace

bool is_uri(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return false;
    constexpr std::string_view marks = "-._~:/?#[]@!$&'()*+,;=";
    for (std::size_t i = colon + 1; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '%') {
            if (i + 2 >= text.size() || !hexadecimal(text[i + 1]) || !hexadecimal(text[i + 2])) return false;
        } else if (!letter(c) && !digit(c) && marks.find(c) == std::string_view::npos) {
            return false;
        }
    }
    const std::size_t fragment = text.find('#');
    return fragment == std::string_view::npos || text.find('#', fragment + 1) == std::string_view::npos;
}

std::optional<HttpUri> read_http_uri(std::string_view text) {
    if (!is_uri(text)) return std::nullopt;
    HttpUri uri;
    const std::size_t colon = text.find(':');
    for (const char c : text.substr(0, colon)) uri.scheme += static_cast<char>(letter(c) ? c | 0x20 : c);
    if (uri.scheme != "http" && uri.scheme != "https") return std::nullopt;
    std::string_view rest = text.substr(colon + 1);
    if (!rest.starts_with("//") || rest.find_first_of("?#") != std::string_view::npos) return std::nullopt;
    rest.remove_prefix(2);
    const std::size_t slash = rest.find('/');
    std::string_view authority = rest.substr(0, slash);
    uri.path = slash == std::string_view::npos ? "/" : std::string(rest.substr(slash));
    if (authority.find('@') != std::string_view::npos) return std::nullopt;
    uri.port = uri.scheme == "http" ? 80 : 443;
    const std::size_t bracket = authority.find(']');
    const std::size_t port = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (port != std::string_view::npos) {
        const std::string_view digits = authority.substr(port + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), uri.port);
        if (error != std::errc() || end != digits.data() + digits.size() || uri.port < 1 || uri.port > 65'535)
            return std::nullopt;
    }
    uri.host = authority.substr(0, port);
    if (uri.host.empty()) return std::nullopt;
    return uri;
}

std::string without_password(std::string_view connection) {
    std::string text(connection);
    const std::size_t slashes = text.find("://");
    if (slashes != std::string::npos) {
        // As libpq reads it: a user and password stand before the first @, unless a / comes earlier.
        const std::size_t at = text.find_first_of("@/", slashes + 3);
        const std::size_t colon = text.find(':', slashes + 3);
        if (at != std::string::npos && text[at] == '@' && colon < at) text.replace(colon + 1, at - colon - 1, "***");
    }
    constexpr std::string_view word = "password";
    for (std::size_t from = text.find(word); from != std::string::npos; from = text.find(word, from + 1)) {
        std::size_t begin = from + word.size();
        while (begin < text.size() && text[begin] == ' ') ++begin;
        if (begin >= text.size() || text[begin] != '=') continue;
        for (++begin; begin < text.size() && text[begin] == ' ';) ++begin;
        std::size_t end = begin;
        if (end < text.size() && text[end] == '\'') {
            for (++end; end < text.size() && text[end] != '\''; ++end)
                if (text[end] == '\\') ++end;
            end = std::min(end + 1, text.size());
        } else {
            while (end < text.size() && text[end] != ' ' && (slashes == std::string::npos || text[end] != '&')) ++end;
        }
        text.replace(begin, end - begin, "***");
    }
    return text;
}

}  // namespace fin::api
