// A cursor over a piece of the query string, with the errors and the names that all its grammars share.
#pragma once
#include <string>
#include <string_view>

namespace fin::api::request {

// Deeper nesting is refused: recursion is bounded, here and in the database.
constexpr int max_depth = 64;

class Scanner {
public:
    // what: "filter", "select parameter" ...; it names the text in errors.
    Scanner(std::string_view what, std::string_view text, std::string_view shown)
        : what_(what), text_(text), shown_(shown) {}
    Scanner(std::string_view what, std::string_view text) : Scanner(what, text, text) {}

    bool at_end() const { return at_ == text_.size(); }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool sees(std::string_view word) const { return text_.substr(at_, word.size()) == word; }
    bool sees_char(char c) const { return at_ < text_.size() && text_[at_] == c; }
    bool take(std::string_view word);
    bool take_ignoring_case(std::string_view word);
    void skip_spaces();
    void demand(std::string_view word, std::string_view expected);
    std::string_view rest() const { return text_.substr(at_); }
    std::size_t position() const { return at_; }
    void go_to(std::size_t position) { at_ = position; }
    char next() { return text_[at_++]; }

    // letters, digits, _ $ and spaces; trimmed. Words joined by "-" where `dashes`.
    std::string identifier();
    // "quoted \" text" or identifiers joined by "-".
    std::string name();
    bool quoted(std::string& out);  // false, nothing taken: no complete quoted text here

    [[noreturn]] void fail(std::string_view expected) const;

    int depth = 0;

private:
    std::string_view what_, text_, shown_;
    std::size_t at_ = 0;
};

}  // namespace fin::api::request
