#include "api/config/file.hpp"

#include "api/config/config.hpp"

namespace fin::api {

namespace {

bool is_key(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
}

void append_utf8(std::string& text, unsigned code) {
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xc0 | code >> 6);
        text += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        text += static_cast<char>(0xe0 | code >> 12);
        text += static_cast<char>(0x80 | (code >> 6 & 0x3f));
        text += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        text += static_cast<char>(0xf0 | code >> 18);
        text += static_cast<char>(0x80 | (code >> 12 & 0x3f));
        text += static_cast<char>(0x80 | (code >> 6 & 0x3f));
        text += static_cast<char>(0x80 | (code & 0x3f));
    }
}

class Parser {
public:
    Parser(std::string_view text, const std::map<std::string, std::string>& environment)
        : text_(text), environment_(environment) {
        if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    }

    std::map<std::string, FileSetting> read() {
        std::map<std::string, FileSetting> settings;
        for (;;) {
            blank(true);
            if (at_ >= text_.size()) return settings;
            const int line = line_;
            const std::size_t from = at_;
            while (at_ < text_.size() && is_key(text_[at_])) ++at_;
            const std::string key(text_.substr(from, at_ - from));
            if (key.empty()) fail("expected a setting's name");
            blank(false);
            if (at_ >= text_.size() || text_[at_] != '=') fail("expected = after " + key);
            ++at_;
            blank(false);
            settings[key] = {value(key), line};
            blank(false);
            if (at_ < text_.size() && text_[at_] != '\n') fail("unexpected text after the value of " + key);
        }
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw ConfigError("line " + std::to_string(line_) + ": " + what);
    }

    void blank(bool lines) {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') {
                while (at_ < text_.size() && text_[at_] != '\n') ++at_;
            } else if (c == '\n' && lines) {
                ++line_;
                ++at_;
            } else if (c == ' ' || c == '\t' || c == '\r') {
                ++at_;
            } else {
                return;
            }
        }
    }

    std::string value(const std::string& key) {
        if (at_ < text_.size() && text_[at_] == '"') return quoted(key);
        const std::size_t from = at_;
        while (at_ < text_.size() && (is_key(text_[at_]) || text_[at_] == '+')) ++at_;
        std::string word(text_.substr(from, at_ - from));
        if (word == "on") return "true";
        if (word == "off") return "false";
        const bool number = !word.empty() && word.find_first_not_of("+-0123456789.") == std::string::npos;
        if (!number && word != "true" && word != "false")
            fail("the value of " + key + " must be a number, true, false or a text in double quotes");
        return word;
    }

    std::string quoted(const std::string& key) {
        std::string result;
        for (++at_;; ++at_) {
            if (at_ >= text_.size()) fail("the value of " + key + " has no closing quote");
            const char c = text_[at_];
            if (c == '"') break;
            if (c == '\\') {
                ++at_;
                escape(key, result);
            } else if (c == '$' && at_ + 1 < text_.size() && text_[at_ + 1] == '$') {
                ++at_;
                result += '$';
            } else if (c == '$' && at_ + 1 < text_.size() && text_[at_ + 1] == '(') {
                variable(key, result);
            } else {
                if (c == '\n') ++line_;
                result += c;
            }
        }
        ++at_;
        return result;
    }

    void variable(const std::string& key, std::string& result) {
        const std::size_t end = text_.find(')', at_);
        if (end == std::string_view::npos) fail("$( without ) in the value of " + key);
        const std::string name(text_.substr(at_ + 2, end - at_ - 2));
        const auto found = environment_.find(name);
        if (found == environment_.end()) fail("the environment has no variable " + name + ", which " + key + " names");
        result += found->second;
        at_ = end;
    }

    unsigned hex4(const std::string& key) {
        unsigned code = 0;
        for (int i = 0; i < 4; ++i) {
            ++at_;
            const char c = at_ < text_.size() ? text_[at_] : ' ';
            if (c >= '0' && c <= '9')
                code = code * 16 + static_cast<unsigned>(c - '0');
            else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
                code = code * 16 + static_cast<unsigned>((c | 0x20) - 'a') + 10;
            else
                fail("\\u needs four hexadecimal digits in the value of " + key);
        }
        return code;
    }

    void escape(const std::string& key, std::string& result) {
        const char c = at_ < text_.size() ? text_[at_] : ' ';
        switch (c) {
            case 'n': result += '\n'; return;
            case 'r': result += '\r'; return;
            case 't': result += '\t'; return;
            case '"':
            case '\\': result += c; return;
            case 'u': break;
            default: fail("unknown escape in the value of " + key + ": use \\\\ for a backslash");
        }
        unsigned code = hex4(key);
        if (code >= 0xd800 && code < 0xdc00) {
            if (text_.substr(at_ + 1, 2) != "\\u") fail("half a surrogate pair in the value of " + key);
            at_ += 2;
            const unsigned low = hex4(key);
            if (low < 0xdc00 || low > 0xdfff) fail("half a surrogate pair in the value of " + key);
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        } else if (code >= 0xdc00 && code <= 0xdfff) {
            fail("half a surrogate pair in the value of " + key);
        }
        append_utf8(result, code);
    }

    std::string_view text_;
    const std::map<std::string, std::string>& environment_;
    std::size_t at_ = 0;
    int line_ = 1;
};

}  // namespace

std::map<std::string, FileSetting> read_config_file(std::string_view text,
                                                    const std::map<std::string, std::string>& environment) {
    return Parser(text, environment).read();
}

}  // namespace fin::api
