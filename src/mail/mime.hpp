// An e-mail as bytes for SMTP: headers that nobody can inject into, text and HTML, attachments.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fin::mail {

struct Mailbox {
    std::string name;     // UTF-8, may be empty
    std::string address;  // ASCII
};

struct Attachment {
    std::string filename;  // UTF-8
    std::string media_type;
    std::string content;
};

struct Message {
    Mailbox from;
    std::vector<Mailbox> to;
    std::string subject;
    std::string text, html;  // UTF-8; both are always sent
    std::string language;    // of both: en, ru
    std::vector<Attachment> attachments;
    std::int64_t date = 0;   // seconds since 1970
    std::string message_id;  // without brackets; the same message sent again keeps it
};

// Lines end with CR LF and none is longer than 998 bytes. Throws Error{invalid_argument} for a header value with a line
// break or a NUL, for an address that is none, for what is not UTF-8.
std::string compose(const Message& message);

// Throws Error{invalid_argument} unless this is local@domain in ASCII, without anything SMTP would need quotes for.
void check_address(std::string_view address);

// A header value: ASCII stays as it is, the rest becomes encoded words of RFC 2047, folded between them.
std::string encoded_words(std::string_view utf8);
std::string quoted_printable(std::string_view text);
std::string base64_lines(std::string_view bytes);
// Fri, 21 Nov 1997 09:55:06 +0000
std::string mail_date(std::int64_t seconds);

}  // namespace fin::mail
