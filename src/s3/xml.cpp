#include "s3/xml.hpp"

#include "error.hpp"

namespace fin::s3 {

namespace {

constexpr std::size_t largest = std::size_t{8} << 20;
constexpr int deepest = 16;
constexpr std::size_t most_elements = 50'000;  // a page of a thousand objects has ten thousand

[[noreturn]] void refuse(const char* why) { throw Error(ErrorCode::bad_data, std::string("no XML of S3: ") + why); }

class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    Element document() {
        if (rest_.substr(0, 3) == "\xEF\xBB\xBF") rest_.remove_prefix(3);
        skip_misc();
        Element root = element(0);
        skip_misc();
        if (!rest_.empty()) refuse("something follows the document");
        return root;
    }

private:
    static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
    static bool is_name(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
    }
    bool take(std::string_view word) {
        if (rest_.substr(0, word.size()) != word) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    void skip_blanks() {
        while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    }
    void skip_past(std::string_view end) {
        const auto at = rest_.find(end);
        if (at == std::string_view::npos) refuse("it breaks off");
        rest_.remove_prefix(at + end.size());
    }
    // Declarations and comments.
    void skip_misc() {
        for (skip_blanks();; skip_blanks()) {
            if (take("<?"))
                skip_past("?>");
            else if (take("<!--"))
                skip_past("-->");
            else
                return;
        }
    }
    std::string name() {
        std::size_t size = 0;
        while (size < rest_.size() && is_name(rest_[size])) ++size;
        if (size == 0) refuse("a name is missing");
        std::string found(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return found;
    }
    void attributes() {
        for (skip_blanks(); !rest_.empty() && is_name(rest_.front()); skip_blanks()) {
            (void)name();
            skip_blanks();
            if (!take("=")) refuse("an attribute has no value");
            skip_blanks();
            if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) refuse("a value is not quoted");
            const std::string_view quote = rest_.substr(0, 1);
            rest_.remove_prefix(1);
            skip_past(quote);
        }
    }
    void entity(std::string& text) {
        const auto end = rest_.find(';');
        if (end > 10) refuse("an entity has no end");  // npos is more, too
        const std::string_view what = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        if (what == "amp")
            text += '&';
        else if (what == "lt")
            text += '<';
        else if (what == "gt")
            text += '>';
        else if (what == "quot")
            text += '"';
        else if (what == "apos")
            text += '\'';
        else if (what.size() > 1 && what.front() == '#')
            character(what.substr(1), text);
        else
            refuse("an entity that nobody has declared");
    }
    static void character(std::string_view digits, std::string& text) {
        const bool hex = digits.front() == 'x';
        if (hex) digits.remove_prefix(1);
        if (digits.empty()) refuse("a character without a number");
        unsigned long code = 0;
        for (const char c : digits) {
            int digit = -1;
            if (c >= '0' && c <= '9')
                digit = c - '0';
            else if (hex && c >= 'a' && c <= 'f')
                digit = c - 'a' + 10;
            else if (hex && c >= 'A' && c <= 'F')
                digit = c - 'A' + 10;
            if (digit < 0) refuse("a character whose number is none");
            code = code * (hex ? 16 : 10) + static_cast<unsigned long>(digit);
        }
        if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
            refuse("a character that does not exist");
        const auto byte = [&](unsigned long value) { text += static_cast<char>(static_cast<unsigned char>(value)); };
        if (code < 0x80) {
            byte(code);
        } else if (code < 0x800) {
            byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
        } else {
            byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F)),
                byte(0x80 | (code & 0x3F));
        }
    }
    Element element(int depth) {
        if (depth >= deepest) refuse("it is nested too deeply");
        if (++elements_ > most_elements) refuse("it has too many elements");
        if (rest_.substr(0, 2) == "<!") refuse("it declares a document type");
        if (!take("<")) refuse("an element is missing");
        const std::string whole = name();
        Element made;
        const auto colon = whole.rfind(':');
        made.name = colon == std::string::npos ? whole : whole.substr(colon + 1);
        attributes();
        if (take("/>")) return made;
        if (!take(">")) refuse("a tag has no end");
        content(made, depth);
        if (name() != whole) refuse("another element is closed");
        skip_blanks();
        if (!take(">")) refuse("a tag has no end");
        return made;
    }
    // Up to and including "</".
    void content(Element& made, int depth) {
        while (!take("</")) {
            if (rest_.empty()) refuse("it breaks off");
            if (rest_.front() == '&') {
                entity(made.text);
            } else if (rest_.front() != '<') {
                const auto end = std::min(rest_.find_first_of("<&"), rest_.size());
                made.text.append(rest_.substr(0, end));
                rest_.remove_prefix(end);
            } else if (take("<!--")) {
                skip_past("-->");
            } else if (take("<![CDATA[")) {
                const auto end = rest_.find("]]>");
                if (end == std::string_view::npos) refuse("it breaks off");
                made.text.append(rest_.substr(0, end));
                rest_.remove_prefix(end + 3);
            } else {
                made.children.push_back(element(depth + 1));
            }
        }
    }

    std::string_view rest_;
    std::size_t elements_ = 0;
};

}  // namespace

const Element* Element::child(std::string_view wanted) const {
    for (const Element& one : children)
        if (one.name == wanted) return &one;
    return nullptr;
}

std::string_view Element::text_of(std::string_view wanted) const {
    const Element* const found = child(wanted);
    return found ? std::string_view(found->text) : std::string_view();
}

Element parse_xml(std::string_view text) {
    if (text.size() > largest) refuse("it is too large");
    return Reader(text).document();
}

std::string xml_escape(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '&')
            escaped += "&amp;";
        else if (c == '<')
            escaped += "&lt;";
        else if (c == '>')
            escaped += "&gt;";
        else if (c == '"')
            escaped += "&quot;";
        else
            escaped += c;
    }
    return escaped;
}

}  // namespace fin::s3
