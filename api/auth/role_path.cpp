#include "api/auth/role_path.hpp"

#include <unicode/regex.h>

#include <charconv>
#include <stdexcept>

#include "api/auth/json_path.hpp"

namespace fin::api {

using namespace json_path;

namespace {

constexpr int deepest = 40;  // parentheses and paths inside conditions

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    std::vector<Segment> path() {
        expect('$');
        auto steps = segments();
        if (at_ != text_.size()) fail();
        return steps;
    }

    std::vector<Segment> older() {
        std::vector<Segment> steps;
        while (at_ < text_.size()) {
            if (take("[?(")) {
                Selector filter;
                filter.kind = Selector::Kind::filter;
                filter.condition = older_condition();
                steps.push_back(one(std::move(filter)));
                expect(')');
                expect(']');
                if (at_ != text_.size()) fail();
            } else if (take("[")) {
                Selector selector{Selector::Kind::index, "", integer(), {}, {}, 1, {}};
                if (selector.index < 0) fail();
                expect(']');
                steps.push_back(one(std::move(selector)));
            } else {
                expect('.');
                steps.push_back(one({Selector::Kind::name, older_name(), 0, {}, {}, 1, {}}));
            }
        }
        if (steps.empty()) fail();
        return steps;
    }

private:
    [[noreturn]] void fail() const {
        throw std::invalid_argument("not a path, from character " + std::to_string(at_ + 1) + " on");
    }
    char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }
    void expect(char c) {
        if (next() != c || at_ >= text_.size()) fail();
        ++at_;
    }
    void space() {
        while (next() == ' ' || next() == '\t' || next() == '\n' || next() == '\r') ++at_;
    }

    static Segment one(Selector selector) {
        Segment segment;
        segment.selectors.push_back(std::move(selector));
        return segment;
    }

    static bool starts_name(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80);
    }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    std::string name() {
        if (!starts_name(next())) fail();
        const std::size_t from = at_;
        while (starts_name(next()) || is_digit(next())) ++at_;
        return std::string(text_.substr(from, at_ - from));
    }

    std::string older_name() {
        if (next() == '"') return older_quoted();
        const std::size_t from = at_;
        while (starts_name(next()) || is_digit(next()) || next() == '$' || next() == '@') ++at_;
        if (at_ == from) fail();
        return std::string(text_.substr(from, at_ - from));
    }

    std::string older_quoted() {  // knows no escapes
        expect('"');
        const std::size_t end = text_.find('"', at_);
        if (end == std::string_view::npos) fail();
        std::string result(text_.substr(at_, end - at_));
        at_ = end + 1;
        return result;
    }

    std::int64_t integer() {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
        if (error != std::errc()) fail();
        at_ = static_cast<std::size_t>(end - text_.data());
        return value;
    }

    // In either kind of quotes, with the escapes of JSON.
    std::string quoted() {
        const char quote = next();
        std::string json = "\"";
        for (++at_; next() != quote; ++at_) {
            if (at_ >= text_.size()) fail();
            if (next() == '\\' && at_ + 1 < text_.size()) {
                ++at_;
                if (next() != '\'') json += '\\';
                json += next();
            } else {
                if (next() == '"') json += '\\';
                json += next();
            }
        }
        ++at_;
        const Json parsed = Json::parse(json + "\"", nullptr, false);
        if (!parsed.is_string()) fail();
        return parsed.get<std::string>();
    }

    std::vector<Segment> segments() {
        std::vector<Segment> steps;
        for (;;) {
            const std::size_t before = at_;
            space();
            if (take("..")) {
                Segment segment = next() == '[' ? bracket() : dotted();
                segment.anywhere = true;
                steps.push_back(std::move(segment));
            } else if (take(".")) {
                steps.push_back(dotted());
            } else if (next() == '[') {
                steps.push_back(bracket());
            } else {
                at_ = before;
                return steps;
            }
        }
    }

    Segment dotted() {
        if (take("*")) return one({});
        return one({Selector::Kind::name, name(), 0, {}, {}, 1, {}});
    }

    Segment bracket() {
        expect('[');
        Segment segment;
        do {
            space();
            segment.selectors.push_back(selector());
            space();
        } while (take(","));
        expect(']');
        return segment;
    }

    Selector selector() {
        Selector result;
        if (take("*")) return result;
        if (next() == '\'' || next() == '"') {
            result.kind = Selector::Kind::name;
            result.name = quoted();
            return result;
        }
        if (take("?")) {
            result.kind = Selector::Kind::filter;
            result.condition = either(0);
            return result;
        }
        std::optional<std::int64_t> first;
        if (next() != ':') first = integer();
        space();
        if (!take(":")) {
            result.kind = Selector::Kind::index;
            result.index = *first;
            return result;
        }
        result.kind = Selector::Kind::slice;
        result.from = first;
        space();
        if (next() == '-' || is_digit(next())) result.to = integer();
        space();
        if (take(":")) {
            space();
            if (next() == '-' || is_digit(next())) result.step = integer();
        }
        return result;
    }

    Condition either(int depth) {
        Condition left = both(depth);
        for (space(); take("||"); space()) {
            Condition right = both(depth);
            left = [left, right](const Json& root, const Json& node) { return left(root, node) || right(root, node); };
        }
        return left;
    }

    Condition both(int depth) {
        Condition left = basic(depth);
        for (space(); take("&&"); space()) {
            Condition right = basic(depth);
            left = [left, right](const Json& root, const Json& node) { return left(root, node) && right(root, node); };
        }
        return left;
    }

    static Condition negated(const Condition& condition) {
        return [condition](const Json& root, const Json& node) { return !condition(root, node); };
    }

    Condition basic(int depth) {
        if (depth > deepest) fail();
        space();
        const bool negative = next() == '!' && take("!");
        space();
        Condition condition;
        if (take("(")) {
            condition = either(depth + 1);
            space();
            expect(')');
        } else if (take("search(")) {
            condition = search(depth);
        } else {
            condition = comparison(depth, negative);
        }
        return negative ? negated(condition) : condition;
    }

    struct Operand {
        Value value;
        bool is_path = false;
        std::vector<Segment> steps;
        bool from_root = false;
    };

    Operand operand(int depth) {
        if (depth > deepest) fail();
        space();
        Operand result;
        if (next() == '@' || next() == '$') {
            result.is_path = true;
            result.from_root = next() == '$';
            ++at_;
            result.steps = segments();
            result.value = [steps = result.steps, from_root = result.from_root](
                               const Json& root, const Json& node) -> std::optional<Json> {
                const Nodes found = walk(steps, root, from_root ? root : node);
                if (found.empty()) return std::nullopt;
                return *found.front();
            };
            return result;
        }
        Json literal;
        if (next() == '\'' || next() == '"') {
            literal = quoted();
        } else {
            const std::size_t from = at_;
            while (is_digit(next()) || starts_name(next()) || next() == '-' || next() == '+' || next() == '.') ++at_;
            literal = Json::parse(text_.substr(from, at_ - from), nullptr, false);
            if (literal.is_discarded()) fail();
        }
        result.value = [literal](const Json&, const Json&) -> std::optional<Json> { return literal; };
        return result;
    }

    Condition comparison(int depth, bool negated) {
        const Operand left = operand(depth + 1);
        space();
        for (const std::string_view sign : {"==", "!=", "<=", ">=", "<", ">"}) {
            if (!take(sign)) continue;
            if (negated) fail();  // ! belongs before parentheses or a test
            const Operand right = operand(depth + 1);
            return [sign, a = left.value, b = right.value](const Json& root, const Json& node) {
                return compare(sign, a(root, node), b(root, node));
            };
        }
        if (!left.is_path) fail();
        return [steps = left.steps, from_root = left.from_root](const Json& root, const Json& node) {
            return !walk(steps, root, from_root ? root : node).empty();
        };
    }

    Condition search(int depth) {
        const Operand text = operand(depth + 1);
        space();
        expect(',');
        space();
        if (next() != '\'' && next() != '"') fail();
        const std::string expression = quoted();
        space();
        expect(')');
        UErrorCode status = U_ZERO_ERROR;
        UParseError place;
        const std::shared_ptr<icu::RegexPattern> pattern(
            icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(expression), place, status));
        if (U_FAILURE(status)) fail();
        return [pattern, value = text.value](const Json& root, const Json& node) {
            const auto found = value(root, node);
            if (!found || !found->is_string()) return false;
            const auto subject = icu::UnicodeString::fromUTF8(found->get_ref<const std::string&>());
            UErrorCode matching = U_ZERO_ERROR;
            const std::unique_ptr<icu::RegexMatcher> matcher(pattern->matcher(subject, matching));
            if (U_FAILURE(matching)) return false;
            // The text is the client's: an expression that runs away finds nothing.
            constexpr int steps = 200, bytes = 1 << 20;
            matcher->setTimeLimit(steps, matching);
            matcher->setStackLimit(bytes, matching);
            const bool matches = matcher->find(matching);
            return U_SUCCESS(matching) && matches;
        };
    }

    Condition older_condition() {
        expect('@');
        space();
        std::string_view sign;
        for (const std::string_view known : {"==^", "==", "!=", "^==", "*=="})
            if (take(known)) {
                sign = known;
                break;
            }
        if (sign.empty()) fail();
        space();
        return [sign, wanted = older_quoted()](const Json&, const Json& node) {
            if (!node.is_string()) return false;
            const auto& text = node.get_ref<const std::string&>();
            if (sign == "==") return text == wanted;
            if (sign == "!=") return text != wanted;
            if (sign == "^==") return text.starts_with(wanted);
            if (sign == "==^") return text.ends_with(wanted);
            return text.find(wanted) != std::string::npos;
        };
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

struct RolePath::Steps {
    std::vector<Segment> segments;
    bool outdated = false;
};

RolePath RolePath::parse(std::string_view text) {
    auto steps = std::make_shared<Steps>();
    steps->outdated = !text.starts_with('$');
    steps->segments = steps->outdated ? Parser(text).older() : Parser(text).path();
    RolePath path;
    path.steps_ = std::move(steps);
    return path;
}

bool RolePath::is_outdated() const { return steps_->outdated; }

const Json* RolePath::find(const Json& claims) const {
    const Nodes found = walk(steps_->segments, claims, claims);
    return found.empty() ? nullptr : found.front();
}

}  // namespace fin::api
