#include "mail/mime.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "error.hpp"
#include "hash/sha256.hpp"

namespace fin::mail {

namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex_digits = "0123456789ABCDEF";

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::invalid_argument, what); }

unsigned char byte_of(char c) { return static_cast<unsigned char>(c); }
bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return byte_of(c) < 0x80; });
}

// Bytes of the UTF-8 character at the front of `text`; 0 where there is none.
std::size_t length_of_character(std::string_view text) {
    const unsigned char first = byte_of(text[0]);
    const std::size_t length = first < 0x80                    ? 1
                               : first >= 0xc2 && first < 0xe0 ? 2
                               : first >= 0xe0 && first < 0xf0 ? 3
                               : first >= 0xf0 && first < 0xf5 ? 4
                                                               : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte_of(text[i]) & 0xc0) != 0x80) return 0;
    return length;
}

void check_utf8(std::string_view text, const char* what) {
    while (!text.empty()) {
        const std::size_t length = length_of_character(text);
        if (length == 0) refuse(std::string("the ") + what + " of the mail is not UTF-8");
        text.remove_prefix(length);
    }
}

// One line that shows: no line break, no other control character.
void check_header(std::string_view value, const char* what) {
    const bool good =
        std::none_of(value.begin(), value.end(), [](char c) { return byte_of(c) < 0x20 || byte_of(c) == 0x7f; });
    if (!good) refuse(std::string("the ") + what + " of the mail has a line break or another control character");
    check_utf8(value, what);
}

std::string base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < left ? byte_of(bytes[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j) text += j <= left ? base64_digits[(group >> (18 - 6 * j)) & 63] : '=';
    }
    return text;
}

// A phrase before an address or another quoted value in ASCII.
std::string in_quotes(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

std::string mailbox(const Mailbox& box, const char* what) {
    check_header(box.name, what);
    check_address(box.address);
    if (box.name.empty()) return box.address;
    return (is_ascii(box.name) && box.name.size() <= 60 ? in_quotes(box.name) : encoded_words(box.name)) + "\r\n <" +
           box.address + ">";
}

// RFC 2231: pieces of a parameter that is not ASCII.
std::string filename_parameter(std::string_view name) {
    if (is_ascii(name) && name.size() <= 60) return "\r\n filename=" + in_quotes(name);
    std::string result, piece;
    int number = 0;
    const auto flush = [&] {
        result += (number == 0 ? "" : ";") + std::string("\r\n filename*") + std::to_string(number) + "*=" + piece;
        ++number;
        piece.clear();
    };
    piece = "UTF-8''";
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                           c == '-' || c == '_';
        if (piece.size() > 54) flush();
        if (plain)
            piece += c;
        else
            piece += {'%', hex_digits[byte_of(c) >> 4], hex_digits[byte_of(c) & 15]};
    }
    flush();
    return result;
}

std::string part(const std::string& type, const std::string& language, std::string_view text) {
    std::string result = "Content-Type: " + type + "; charset=utf-8\r\n";
    if (!language.empty()) result += "Content-Language: " + language + "\r\n";
    return result + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted_printable(text) + "\r\n";
}

bool is_media_type(std::string_view type) {
    const auto slash = type.find('/');
    const auto is_word = [](std::string_view word) {
        return !word.empty() && word.size() <= 100 && std::all_of(word.begin(), word.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                   c == '+' || c == '_';
        });
    };
    return slash != std::string_view::npos && is_word(type.substr(0, slash)) && is_word(type.substr(slash + 1));
}

std::string alternatives(const Message& message, const std::string& boundary) {
    return "Content-Type: multipart/alternative;\r\n boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n" +
           part("text/plain", message.language, message.text) + "--" + boundary + "\r\n" +
           part("text/html", message.language, message.html) + "--" + boundary + "--\r\n";
}

std::string attached(const Attachment& file) {
    check_header(file.filename, "name of an attachment");
    if (file.filename.empty() || !is_media_type(file.media_type))
        refuse("an attachment of the mail has no name or no media type");
    return "Content-Type: " + file.media_type + "\r\nContent-Disposition: attachment;" +
           filename_parameter(file.filename) + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
           base64_lines(file.content);
}

}  // namespace

void check_address(std::string_view address) {
    const auto at = address.find('@');
    const auto is_dotted = [](std::string_view text, std::string_view others) {
        return !text.empty() && text.front() != '.' && text.back() != '.' &&
               text.find("..") == std::string_view::npos && std::all_of(text.begin(), text.end(), [others](char c) {
                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                          c == '-' || others.find(c) != std::string_view::npos;
               });
    };
    // npos is more than 64.
    const bool good = at <= 64 && address.size() <= 254 && is_dotted(address.substr(0, at), "!#$%&'*+/=?^_`{|}~") &&
                      is_dotted(address.substr(at + 1), "");
    if (!good) refuse("the address of the mail is no local@domain in ASCII");
}

std::string encoded_words(std::string_view utf8) {
    if (is_ascii(utf8) && utf8.size() <= 60 && utf8.find("=?") == std::string_view::npos) return std::string(utf8);
    std::string result;
    while (!utf8.empty()) {
        // 75 characters at most per word, 12 of them around the base64 of up to 45 bytes; characters stay whole.
        std::size_t taken = 0;
        while (taken < utf8.size()) {
            const std::size_t length = length_of_character(utf8.substr(taken));
            if (length == 0) refuse("a header of the mail is not UTF-8");
            if (taken + length > 42) break;
            taken += length;
        }
        result += (result.empty() ? "" : "\r\n ") + std::string("=?UTF-8?B?") + base64(utf8.substr(0, taken)) + "?=";
        utf8.remove_prefix(taken);
    }
    return result;
}

std::string quoted_printable(std::string_view text) {
    std::string result;
    std::size_t column = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n')) {
            if (c == '\r') ++i;
            result += "\r\n";
            column = 0;
            continue;
        }
        const bool at_end = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
        const bool blank = c == ' ' || c == '\t';
        const bool plain = (c > ' ' && c <= '~' && c != '=') || (blank && !at_end);
        const std::size_t width = plain ? 1 : 3;
        if (column + width > 75) {
            result += "=\r\n";
            column = 0;
        }
        if (plain)
            result += c;
        else
            result += {'=', hex_digits[byte_of(c) >> 4], hex_digits[byte_of(c) & 15]};
        column += width;
    }
    return result;
}

std::string base64_lines(std::string_view bytes) {
    std::string result;
    for (std::size_t i = 0; i < bytes.size(); i += 57) result += base64(bytes.substr(i, 57)) + "\r\n";
    return result;
}

std::string mail_date(std::int64_t seconds) {
    using namespace std::chrono;
    const sys_seconds moment{std::chrono::seconds(seconds)};
    const sys_days date = floor<days>(moment);
    const year_month_day ymd(date);
    const hh_mm_ss time(moment - date);
    static constexpr const char* weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    std::snprintf(text, sizeof text, "%s, %u %s %d %02d:%02d:%02d +0000", weekdays[weekday(date).c_encoding()],
                  static_cast<unsigned>(ymd.day()), months[static_cast<unsigned>(ymd.month()) - 1],
                  static_cast<int>(ymd.year()), static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
    return text;
}

std::string compose(const Message& message) {
    check_header(message.subject, "subject");
    check_header(message.language, "language");
    check_header(message.message_id, "id");
    if (!is_ascii(message.message_id) || message.message_id.find_first_of("<> ") != std::string::npos)
        refuse("the id of the mail is no word in ASCII");
    check_utf8(message.text, "text");
    check_utf8(message.html, "HTML");
    if (message.to.empty()) refuse("the mail has nobody to go to");
    std::string to;
    for (const Mailbox& box : message.to) to += (to.empty() ? "" : ",\r\n ") + mailbox(box, "recipient");
    std::string result = "Date: " + mail_date(message.date) + "\r\nFrom: " + mailbox(message.from, "sender") +
                         "\r\nTo: " + to + "\r\nSubject: " + encoded_words(message.subject) + "\r\nMessage-ID: <" +
                         message.message_id + ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
    // "=_" occurs in no quoted-printable text and no base64, so no part can hold a boundary.
    const std::string mark = hash::sha256(message.message_id).substr(0, 24);
    if (message.attachments.empty()) return result + alternatives(message, "=_a" + mark);
    const std::string outer = "=_m" + mark;
    result += "Content-Type: multipart/mixed;\r\n boundary=\"" + outer + "\"\r\n\r\n--" + outer + "\r\n" +
              alternatives(message, "=_a" + mark);
    for (const Attachment& file : message.attachments) result += "--" + outer + "\r\n" + attached(file);
    return result + "--" + outer + "--\r\n";
}

}  // namespace fin::mail
