// The text is ({QUERY :field value ...}): a value is one token, a {node} or a (list); \ protects the next character.
// Only the outermost :targetList counts, so everything else is skipped by counting brackets, whatever version wrote it.
#include "api/schema/view_rule.hpp"

#include <charconv>
#include <optional>

namespace fin::api::schema {

namespace {

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool take(char c) {
        space();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    char next() {
        space();
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    std::string_view token() {
        space();
        const std::size_t from = at_;
        while (at_ < text_.size() && !ends_token(text_[at_])) at_ += text_[at_] == '\\' ? 2 : 1;
        if (at_ > text_.size()) at_ = text_.size();
        return text_.substr(from, at_ - from);
    }

    // One token, or everything to the closing bracket. False at the end of the text.
    bool skip_value() {
        if (next() != '{' && next() != '(') return !token().empty();
        for (int depth = 0; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\\') {
                ++at_;
            } else if (c == '{' || c == '(') {
                ++depth;
            } else if ((c == '}' || c == ')') && --depth == 0) {
                ++at_;
                return true;
            }
        }
        return false;
    }

private:
    static bool ends_token(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '{' || c == '}' || c == '(' || c == ')';
    }
    void space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

template <class Number>
bool read_number(std::string_view text, Number& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

// After the opening brace of a TARGETENTRY, to behind its closing one.
bool read_entry(Reader& reader, std::vector<Origin>& origins) {
    if (reader.token() != "TARGETENTRY") return false;
    std::uint32_t relation = 0;
    int number = 0, column = 0;
    bool helper = false;
    while (!reader.take('}')) {
        const std::string_view field = reader.token();
        bool good = !field.empty();
        if (field == ":resno") {
            good = read_number(reader.token(), number);
        } else if (field == ":resorigtbl") {
            good = read_number(reader.token(), relation);
        } else if (field == ":resorigcol") {
            good = read_number(reader.token(), column);
        } else if (field == ":resjunk") {
            helper = reader.token() == "true";
        } else {
            good = good && reader.skip_value();
        }
        if (!good) return false;
    }
    constexpr int most_columns = 1664;
    if (number < 1 || number > most_columns) return false;
    if (helper) return true;
    if (origins.size() < static_cast<std::size_t>(number)) origins.resize(static_cast<std::size_t>(number));
    if (relation != 0 && column > 0) origins[static_cast<std::size_t>(number) - 1] = {relation, column};
    return true;
}

}  // namespace

std::vector<Origin> view_origins(std::string_view rule) {
    Reader reader(rule);
    std::vector<Origin> origins;
    if (!reader.take('(') || !reader.take('{') || reader.token() != "QUERY") return {};
    while (reader.next() == ':') {
        if (reader.token() != ":targetList") {
            if (!reader.skip_value()) return {};
            continue;
        }
        if (!reader.take('(')) return {};  // <>: a view without columns
        while (reader.take('{'))
            if (!read_entry(reader, origins)) return {};
        return reader.take(')') ? origins : std::vector<Origin>{};
    }
    return {};
}

}  // namespace fin::api::schema
