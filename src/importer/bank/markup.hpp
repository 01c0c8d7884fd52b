// Reads tags and texts one after the other: the part of XML that statements use, and OFX 1's SGML without closing tags.
// Nothing is ever looked up or expanded: declarations of document types and entities are refused, depth and lengths
// are bounded.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "importer/bank/text.hpp"

namespace fin::importer::bank {

class Markup {
public:
    enum class Dialect {
        xml,   // well-formed or refused
        sgml,  // names in any case, closing tags may lack, a bare & is text; nesting is the caller's to follow
    };
    enum class Token { end, open, close, text };

    Markup(std::string_view content, const std::string& encoding, Dialect dialect, const InterruptCheck& check)
        : text_(content, encoding, check), dialect_(dialect) {}

    // Texts of nothing but spaces do not come. Throws Error{bad_data} naming the line, Error{limit_exceeded}.
    Token next();
    // Of an element: without its prefix; in SGML in upper case.
    std::string_view name() const { return name_; }
    // Of a text: entities replaced, spaces at the ends kept.
    std::string_view text() const { return value_; }
    // Of an opened element; empty where it has none.
    std::string_view attribute(std::string_view name) const;
    std::size_t line() const { return token_line_; }
    std::size_t depth() const { return open_.size(); }  // XML: of elements that are open

    // Passes over what stands before the first tag (the header lines of OFX 1).
    void skip_to_first_tag();

private:
    Token tag(std::string_view inside);
    Token open(std::string_view inside, bool empty);
    Token closed(std::string_view name);
    void read_attributes(std::string_view text);
    bool read_text();
    void skip_declaration(std::string_view ahead);
    void append_decoded(std::string_view raw);
    std::size_t append_reference(std::string_view raw);
    [[noreturn]] void refuse(const std::string& what, const std::string& detail = {}, std::string hint = {}) const;

    Text text_;
    Dialect dialect_;
    std::string name_, value_;
    std::vector<std::pair<std::string, std::string>> attributes_;
    std::vector<std::string> open_;  // XML: full names
    std::size_t token_line_ = 1;
    bool started_ = false, rooted_ = false, close_next_ = false;
};

}  // namespace fin::importer::bank
