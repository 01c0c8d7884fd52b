#include "importer/unicode.hpp"

#include <unicode/uchar.h>

#include <cstring>

namespace fin::importer {

char32_t next_code_point(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) -> char32_t {
        return i < text.size() ? static_cast<unsigned char>(text[i]) & 0x3Fu : 0u;
    };
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) return ++at, lead;
    const std::size_t start = at;
    if (lead < 0xE0) return at += 2, (lead & 0x1Fu) << 6 | byte(start + 1);
    if (lead < 0xF0) return at += 3, (lead & 0x0Fu) << 12 | byte(start + 1) << 6 | byte(start + 2);
    at += 4;
    return (lead & 0x07u) << 18 | byte(start + 1) << 12 | byte(start + 2) << 6 | byte(start + 3);
}

void append_code_point(std::string& text, char32_t code) {
    const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

bool is_space(char32_t code) {
    return code == ' ' || (code >= 9 && code <= 13) || code == 0xA0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
           code == 0x3000;
}

namespace {

// Characters without width that exports leave behind: they would make equal texts differ.
bool is_invisible(char32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0xFEFF ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x2069) || code == 0xFFFE || code == 0xFFFF;
}

}  // namespace

std::string folded(std::string_view text) {
    std::string result;
    bool gap = false;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            // Nearly all letters of nearly all files.
            if (gap) result += ' ', gap = false;
            result += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            ++at;
            continue;
        }
        const char32_t code = next_code_point(text, at);
        if (!u_isalnum(static_cast<UChar32>(code))) {
            gap = !result.empty();
            continue;
        }
        if (gap) result += ' ', gap = false;
        const auto lower = static_cast<char32_t>(u_tolower(static_cast<UChar32>(code)));
        append_code_point(result, lower == U'ё' ? U'е' : lower);
    }
    return result;
}

bool is_clean(std::string_view text) {
    if (text.empty()) return true;
    if (text.front() == ' ' || text.back() == ' ' || text.front() == '\'') return false;
    char before = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F || (c == ' ' && before == ' ')) return false;
        // Lead bytes of no-break space and C1 controls, of the general punctuation block, of the byte order mark.
        if (byte == 0xC2 || byte == 0xE1 || byte == 0xE2 || byte == 0xE3 || byte == 0xEF) return false;
        before = c;
    }
    return true;
}

std::string cleaned(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    bool gap = false;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t code = next_code_point(text, at);
        if (is_space(code)) {
            gap = !result.empty();
        } else if (!is_invisible(code)) {
            if (gap) result += ' ', gap = false;
            append_code_point(result, code);
        }
    }
    if (result.size() >= 2 && result.front() == '\'') {
        if (result.back() == '\'') return std::string(trimmed(std::string_view(result).substr(1, result.size() - 2)));
        // The mark by which spreadsheets, and exports that are meant for them, keep a text a text.
        if ((result[1] >= '0' && result[1] <= '9') ||
            std::string_view("=+-@").find(result[1]) != std::string_view::npos)
            result.erase(0, 1);
    }
    return result;
}

std::string_view trimmed(std::string_view text) {
    const auto blank_front = [&]() -> std::size_t {
        if (text.empty()) return 0;
        if (text.front() == ' ' || (text.front() >= 9 && text.front() <= 13)) return 1;
        return text.starts_with("\xC2\xA0") ? 2 : text.starts_with("\xE2\x80\xAF") ? 3 : 0;
    };
    const auto blank_back = [&]() -> std::size_t {
        if (text.empty()) return 0;
        if (text.back() == ' ' || (text.back() >= 9 && text.back() <= 13)) return 1;
        return text.ends_with("\xC2\xA0") ? 2 : text.ends_with("\xE2\x80\xAF") ? 3 : 0;
    };
    while (const std::size_t n = blank_front()) text.remove_prefix(n);
    while (const std::size_t n = blank_back()) text.remove_suffix(n);
    return text;
}

std::string clipped(std::string_view text, std::size_t length) {
    if (text.size() <= length) return std::string(text);
    std::size_t end = length - 3;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return std::string(text.substr(0, end)) + "...";
}

std::size_t first_invalid_utf8(std::string_view text, const InterruptCheck& check) {
    const auto* data = reinterpret_cast<const unsigned char*>(text.data());
    const std::size_t size = text.size();
    std::size_t at = 0;
    constexpr std::size_t step = 1 << 20;
    for (std::size_t due = step; at < size;) {
        if (at >= due) due += step, check();
        if (at + 8 <= size) {
            std::uint64_t eight;
            std::memcpy(&eight, data + at, 8);
            if ((eight & 0x8080808080808080ULL) == 0) {
                at += 8;
                continue;
            }
        }
        const unsigned char lead = data[at];
        if (lead < 0x80) {
            ++at;
            continue;
        }
        const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || at + length > size) return at;
        for (std::size_t i = 1; i < length; ++i)
            if ((data[at + i] & 0xC0) != 0x80) return at;
        const unsigned char second = data[at + 1];
        // Overlong forms, surrogates, beyond U+10FFFF.
        if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
            (lead == 0xF4 && second > 0x8F))
            return at;
        at += length;
    }
    return std::string_view::npos;
}

}  // namespace fin::importer
