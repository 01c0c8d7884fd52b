#include "importer/bank/markup.hpp"

#include <algorithm>

#include "error.hpp"
#include "importer/bank/entry.hpp"
#include "importer/unicode.hpp"

namespace fin::importer::bank {

namespace {

constexpr std::size_t max_tag = 1 << 14, max_text = 1 << 20, max_depth = 64, max_attributes = 64,
                      max_preamble = 1 << 16;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == ':'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view name_at(std::string_view text) {
    if (text.empty() || !(is_letter(text.front()) || text.front() == '_')) return {};
    return text.substr(0, static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_name) - text.begin()));
}

std::string_view without_prefix(std::string_view name) {
    const std::size_t colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && !is_blank(c)) || c == 0x7F; }

}  // namespace

void Markup::refuse(const std::string& what, const std::string& detail, std::string hint) const {
    throw Error(ErrorCode::bad_data, what,
                (detail.empty() ? "" : detail + " ") + "It is at line " + std::to_string(token_line_) + ".",
                hint.empty() ? "The file is damaged: fetch it again." : std::move(hint));
}

std::string_view Markup::attribute(std::string_view name) const {
    for (const auto& [known, value] : attributes_)
        if (without_prefix(known) == name) return value;
    return {};
}

void Markup::skip_to_first_tag() {
    const std::string_view ahead = text_.ahead(max_preamble).substr(0, max_preamble);
    token_line_ = text_.line();
    const std::size_t tag = ahead.find('<');
    if (tag == std::string_view::npos)
        refuse("the statement does not begin", "No tag follows the header.", "Fetch the whole file again.");
    text_.consume(tag);
}

Markup::Token Markup::next() {
    if (close_next_) {
        close_next_ = false;
        return closed(dialect_ == Dialect::xml ? std::string_view(open_.back()) : std::string_view(name_));
    }
    for (;;) {
        const std::string_view ahead = text_.ahead(max_tag).substr(0, max_tag);
        token_line_ = text_.line();
        if (ahead.empty()) {
            if (!open_.empty()) refuse_cut_off("before <" + open_.back() + "> is closed", token_line_);
            return Token::end;
        }
        const bool name_follows = ahead.size() > 1 && (is_letter(ahead[1]) || ahead[1] == '/' || ahead[1] == '_');
        const bool declared = ahead.size() > 1 && (ahead[1] == '!' || ahead[1] == '?');
        if (ahead.front() != '<' || (dialect_ == Dialect::sgml && !name_follows && !declared)) {
            if (read_text()) return Token::text;
            continue;
        }
        if (declared) {
            if (ahead.starts_with("<![CDATA[")) {
                if (read_text()) return Token::text;
                continue;
            }
            skip_declaration(ahead);
            continue;
        }
        // The tag's end lies behind the values of its attributes.
        std::size_t end = 1;
        char quote = 0;
        for (; end < ahead.size(); ++end) {
            const char c = ahead[end];
            if (quote != 0)
                quote = c == quote ? '\0' : quote;
            else if (c == '>')
                break;
            else if (dialect_ == Dialect::xml && (c == '"' || c == '\''))
                quote = c;
            else if (c == '<')
                refuse("a tag is opened inside a tag");
        }
        if (end == ahead.size()) {
            if (ahead.size() < max_tag) refuse_cut_off("inside a tag", token_line_);
            refuse_long("a tag", token_line_);
        }
        const std::string inside(ahead.substr(1, end - 1));
        text_.consume(end + 1);
        started_ = true;
        return tag(inside);
    }
}

Markup::Token Markup::tag(std::string_view inside) {
    if (inside.starts_with('/')) {
        const std::string_view name = trimmed(inside.substr(1));
        if (name.empty() || name_at(name) != name) refuse("a tag is no tag", "It reads </" + clipped(name) + ">.");
        return closed(name);
    }
    const bool empty = inside.ends_with('/');
    if (empty) inside.remove_suffix(1);
    return open(inside, empty);
}

Markup::Token Markup::open(std::string_view inside, bool empty) {
    const std::string_view name = name_at(inside);
    const std::string_view rest = inside.substr(name.size());
    if (name.empty() || (!rest.empty() && !is_blank(rest.front())))
        refuse("a tag is no tag", "It reads <" + clipped(cleaned(inside)) + ">.");
    attributes_.clear();
    if (dialect_ == Dialect::xml) {
        if (open_.empty() && rooted_) refuse("a second document follows the first");
        rooted_ = true;
        read_attributes(rest);
        if (open_.size() >= max_depth)
            throw Error(
                ErrorCode::limit_exceeded, "elements are nested too deep",
                "More than " + std::to_string(max_depth) + " are open at line " + std::to_string(token_line_) + ".",
                "The file is damaged or no statement.");
        open_.emplace_back(name);
    } else if (!trimmed(rest).empty()) {
        refuse("a tag is no tag", "It reads <" + clipped(cleaned(inside)) + ">.");
    }
    name_ = dialect_ == Dialect::xml ? without_prefix(name) : name;
    if (dialect_ == Dialect::sgml)
        for (char& c : name_) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    close_next_ = empty;
    return Token::open;
}

Markup::Token Markup::closed(std::string_view name) {
    if (dialect_ == Dialect::xml) {
        if (open_.empty()) refuse("</" + clipped(name) + "> closes what is not open");
        if (open_.back() != name)
            refuse("the tags do not match", "<" + open_.back() + "> is closed by </" + clipped(name) + ">.");
        name_ = without_prefix(name);
        open_.pop_back();
        return Token::close;
    }
    name_ = std::string(name);
    for (char& c : name_) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return Token::close;
}

void Markup::read_attributes(std::string_view text) {
    for (;;) {
        while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
        if (text.empty()) return;
        const std::string name(name_at(text));
        text.remove_prefix(name.size());
        while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
        if (name.empty() || text.empty() || text.front() != '=') refuse("an attribute is no attribute");
        text.remove_prefix(1);
        while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
        const char quote = text.empty() ? '\0' : text.front();
        const std::size_t end = quote == '"' || quote == '\'' ? text.find(quote, 1) : std::string_view::npos;
        if (end == std::string_view::npos) refuse("an attribute is not in quotes", "It is \"" + clipped(name) + "\".");
        if (std::any_of(attributes_.begin(), attributes_.end(), [&](const auto& known) { return known.first == name; }))
            refuse("an attribute stands twice", "It is \"" + clipped(name) + "\".");
        if (attributes_.size() >= max_attributes) refuse_long("a tag", token_line_);
        value_.clear();
        append_decoded(text.substr(1, end - 1));
        attributes_.emplace_back(name, value_);
        text.remove_prefix(end + 1);
        if (!text.empty() && !is_blank(text.front())) refuse("an attribute is no attribute");
    }
}

// Comments and processing instructions are passed over, everything else that is declared is refused.
void Markup::skip_declaration(std::string_view ahead) {
    if (ahead.starts_with("<!--") || ahead.starts_with("<?")) {
        const bool comment = ahead[1] == '!';
        if (!comment && ahead.starts_with("<?xml") && ahead.size() > 5 && is_blank(ahead[5])) {
            if (started_) refuse("a second XML declaration stands inside the document");
        }
        started_ = true;
        const std::string_view mark = comment ? "-->" : "?>";
        const std::string_view whole = text_.ahead(max_text).substr(0, max_text);
        const std::size_t end = whole.find(mark, comment ? 4 : 2);
        if (end == std::string_view::npos) {
            if (whole.size() == max_text) refuse_long(comment ? "a comment" : "an instruction", token_line_);
            refuse_cut_off(comment ? "inside a comment" : "inside an instruction", token_line_);
        }
        text_.consume(end + mark.size());
        return;
    }
    if (ahead.starts_with("<!DOCTYPE") || ahead.starts_with("<!ENTITY"))
        refuse("the file declares a document type or entities",
               "Statements need none; such declarations can pull in other files or grow without end.",
               "Fetch the statement again from the bank, without the declaration.");
    const std::string_view cdata = "<![CDATA[";
    if (ahead.size() < cdata.size() && cdata.starts_with(ahead)) refuse_cut_off("inside a tag", token_line_);
    refuse("the file declares what no statement needs", "It reads " + clipped(cleaned(beginning_of(ahead, 40))) + ".");
}

// One text up to the next tag, or one CDATA section; false where it is blank.
bool Markup::read_text() {
    const std::string_view opening = "<![CDATA[";
    const std::string_view ahead = text_.ahead(max_text).substr(0, max_text);
    const bool cdata = ahead.starts_with(opening);
    std::size_t end;
    if (cdata) {
        end = ahead.find("]]>", opening.size());
    } else {
        end = ahead.find('<', 1);
        // In SGML a "<" that no name follows is text.
        while (dialect_ == Dialect::sgml && end != std::string_view::npos && end + 1 < ahead.size() &&
               !is_letter(ahead[end + 1]) && ahead[end + 1] != '/' && ahead[end + 1] != '!' && ahead[end + 1] != '?')
            end = ahead.find('<', end + 1);
    }
    if (end == std::string_view::npos) {
        if (ahead.size() == max_text) refuse_long("a text", token_line_);
        if (cdata) refuse_cut_off("inside a text", token_line_);
        end = ahead.size();
    }
    value_.clear();
    const std::string_view raw = ahead.substr(cdata ? opening.size() : 0, end - (cdata ? opening.size() : 0));
    if (std::any_of(raw.begin(), raw.end(), is_control)) refuse("the file holds control characters");
    const bool blank = std::all_of(raw.begin(), raw.end(), is_blank);
    if (!blank && dialect_ == Dialect::xml && open_.empty()) refuse("text stands outside the document");
    if (cdata)
        value_ = raw;
    else
        append_decoded(raw);
    text_.consume(cdata ? end + 3 : end);
    return !blank;
}

void Markup::append_decoded(std::string_view raw) {
    for (;;) {
        const std::size_t reference = raw.find('&');
        value_ += raw.substr(0, reference);
        if (reference == std::string_view::npos) return;
        raw.remove_prefix(reference);
        raw.remove_prefix(append_reference(raw));
    }
}

// Appends the character that "&...;" stands for; gives how much was read.
std::size_t Markup::append_reference(std::string_view raw) {
    struct Known {
        std::string_view name, text;
    };
    static constexpr Known known[] = {{"&lt;", "<"},    {"&gt;", ">"},   {"&amp;", "&"},
                                      {"&quot;", "\""}, {"&apos;", "'"}, {"&nbsp;", " "}};
    for (const auto& [name, text] : known)
        if (raw.starts_with(name) && (name != "&nbsp;" || dialect_ == Dialect::sgml))
            return value_ += text, name.size();
    if (raw.starts_with("&#")) {
        const bool hex = raw.starts_with("&#x");
        char32_t code = 0;
        std::size_t at = hex ? 3 : 2;
        const std::size_t first = at;
        for (; at < raw.size() && at < first + 8; ++at) {
            const char c = raw[at];
            const int digit = c >= '0' && c <= '9'          ? c - '0'
                              : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : hex && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                            : -1;
            if (digit < 0) break;
            code = code * (hex ? 16 : 10) + static_cast<char32_t>(digit);
        }
        const bool character = (code >= 0x20 && code < 0xD800) || (code >= 0xE000 && code < 0x110000) || code == 9 ||
                               code == 10 || code == 13;
        if (at > first && at < raw.size() && raw[at] == ';' && character) {
            append_code_point(value_, code);
            return at + 1;
        }
        if (dialect_ == Dialect::xml) refuse("a character reference names no character");
    } else if (dialect_ == Dialect::xml) {
        const std::size_t end = raw.find(';');
        refuse("an entity is not known",
               "It reads \"" + clipped(cleaned(beginning_of(raw, std::min<std::size_t>(end, 39) + 1))) + "\".",
               "Only &lt; &gt; &amp; &quot; and &apos; stand in statements; others are not looked up.");
    }
    return value_ += '&', 1;
}

}  // namespace fin::importer::bank
