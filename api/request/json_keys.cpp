#include "api/request/json_keys.hpp"

#include <algorithm>

#include "api/request/text.hpp"

namespace fin::api::request {

namespace {

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    void spaces() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
            ++at_;
    }
    bool take(char c) {
        spaces();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    char peek() {
        spaces();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool at_end() {
        spaces();
        return at_ == text_.size();
    }
    // Skips any value; an own stack of brackets, so that depth costs a byte and no recursion.
    bool value() {
        std::string open;
        while (true) {
            const char c = peek();
            bool complete = true;
            if (c == '{' || c == '[') {
                ++at_;
                if (take(c == '{' ? '}' : ']')) {
                    complete = true;
                } else {
                    open.push_back(c);
                    if (c == '{' && !key(nullptr)) return false;
                    complete = false;
                }
            } else if (!scalar()) {
                return false;
            }
            while (complete && !open.empty()) {
                if (take(',')) {
                    if (open.back() == '{' && !key(nullptr)) return false;
                    complete = false;
                } else if (take(open.back() == '{' ? '}' : ']')) {
                    open.pop_back();
                } else {
                    return false;
                }
            }
            if (complete) return true;
        }
    }
    // "name" and the colon.
    bool key(std::string* out) { return peek() == '"' && string(out) && take(':'); }

    bool object(std::vector<std::string>& keys) {
        if (!take('{')) return false;
        if (take('}')) return true;
        do {
            std::string name;
            if (!key(&name) || !value()) return false;
            keys.push_back(std::move(name));
        } while (take(','));
        return take('}');
    }

private:
    bool word(std::string_view expected) {
        if (text_.substr(at_, expected.size()) != expected) return false;
        at_ += expected.size();
        return true;
    }
    bool digits() {
        const std::size_t start = at_;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
        return at_ > start;
    }
    bool number() {
        if (text_[at_] == '-') ++at_;
        if (at_ < text_.size() && text_[at_] == '0')
            ++at_;
        else if (!digits())
            return false;
        if (at_ < text_.size() && text_[at_] == '.' && (++at_, !digits())) return false;
        if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
            ++at_;
            if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
            if (!digits()) return false;
        }
        return true;
    }
    bool scalar() {
        switch (peek()) {
            case '"': return string(nullptr);
            case 't': return word("true");
            case 'f': return word("false");
            case 'n': return word("null");
            case '\0': return false;
            default: return number();
        }
    }
    bool hex4(unsigned& code) {
        code = 0;
        for (int i = 0; i < 4; ++i, ++at_) {
            const char c = at_ < text_.size() ? text_[at_] : '\0';
            unsigned digit = 0;
            if (c >= '0' && c <= '9')
                digit = static_cast<unsigned>(c - '0');
            else if (c >= 'a' && c <= 'f')
                digit = static_cast<unsigned>(c - 'a' + 10);
            else if (c >= 'A' && c <= 'F')
                digit = static_cast<unsigned>(c - 'A' + 10);
            else
                return false;
            code = code * 16 + digit;
        }
        return true;
    }
    static void append(std::string& out, unsigned code) {
        const auto byte = [&](unsigned value) { out.push_back(static_cast<char>(value)); };
        if (code < 0x80) {
            byte(code);
        } else if (code < 0x800) {
            byte(0xC0 | code >> 6), byte(0x80 | (code & 63));
        } else if (code < 0x10000) {
            byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 63)), byte(0x80 | (code & 63));
        } else {
            byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 63)), byte(0x80 | (code >> 6 & 63)),
                byte(0x80 | (code & 63));
        }
    }
    bool escape(std::string* out) {
        if (at_ == text_.size()) return false;
        const char c = text_[at_++];
        static constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
        if (const std::size_t i = from.find(c); i != std::string_view::npos) {
            if (out) out->push_back(to[i]);
            return true;
        }
        unsigned code = 0;
        if (c != 'u' || !hex4(code)) return false;
        if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
            at_ += 2;
            unsigned low = 0;
            if (!hex4(low)) return false;
            if (low >= 0xDC00 && low < 0xE000) code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
        if (out) append(*out, code);
        return true;
    }
    bool string(std::string* out) {
        ++at_;  // the quote
        while (at_ < text_.size()) {
            const std::size_t start = at_;
            while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
                   static_cast<unsigned char>(text_[at_]) >= 0x20)
                ++at_;
            if (out) out->append(text_.substr(start, at_ - start));
            if (at_ == text_.size()) return false;
            const char c = text_[at_++];
            if (c == '"') return true;
            if (c != '\\' || !escape(out)) return false;
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

void sort_once(std::vector<std::string>& keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

bool read_array(Reader& in, JsonShape& shape) {
    in.take('[');
    if (in.take(']')) return true;
    bool first = true;
    std::vector<std::string> keys, previous;
    do {
        if (in.peek() != '{') {
            shape.uniform = false;
            if (!in.value()) return false;
            first = false;
            continue;
        }
        keys.clear();
        if (!in.object(keys)) return false;
        if (first) {
            previous = keys;
            shape.keys = keys;
            sort_once(shape.keys);
        } else if (keys != previous) {  // most bodies repeat their order: then nothing is sorted
            std::vector<std::string> sorted = keys;
            sort_once(sorted);
            if (sorted != shape.keys) shape.uniform = false;
        }
        first = false;
    } while (in.take(','));
    return in.take(']');
}

}  // namespace

JsonShape json_shape(std::string_view text) {
    JsonShape shape;
    Reader in(text);
    const char first = in.peek();
    if (first == '{') {
        shape.is_object = true;
        shape.valid = in.object(shape.keys);
        sort_once(shape.keys);
    } else if (first == '[') {
        shape.is_array = true;
        shape.valid = read_array(in, shape);
    } else {
        shape.valid = in.value();
    }
    shape.valid = shape.valid && in.at_end();
    return shape;
}

}  // namespace fin::api::request
