#include "json/writer.hpp"

#include <charconv>
#include <cmath>

namespace fin::json {

void Writer::separate() {
    if (!first_) text_ += ',';
    first_ = false;
}

Writer& Writer::open(char bracket) {
    if (pulse_) pulse_(text_);
    separate();
    text_ += bracket;
    first_ = true;
    return *this;
}

Writer& Writer::close(char bracket) {
    text_ += bracket;
    first_ = false;
    return *this;
}

Writer& Writer::key(std::string_view name) {
    value(name);
    text_ += ':';
    first_ = true;
    return *this;
}

Writer& Writer::value(std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    separate();
    text_ += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            text_ += '\\';
            text_ += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            text_ += "\\u00";
            text_ += hex[c >> 4];
            text_ += hex[c & 15];
        } else {
            text_ += c;
        }
    }
    text_ += '"';
    return *this;
}

Writer& Writer::value(double number) {
    if (!std::isfinite(number)) return null();
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number == 0 ? 0.0 : number);
    return raw(std::string_view(buffer, end.ptr));
}

Writer& Writer::value(std::int64_t number) { return raw(std::to_string(number)); }
Writer& Writer::value(bool truth) { return raw(truth ? "true" : "false"); }
Writer& Writer::value(ledger::Money money) { return raw(money.text()); }
Writer& Writer::null() { return raw("null"); }

Writer& Writer::raw(std::string_view json) {
    separate();
    text_ += json;
    return *this;
}

}  // namespace fin::json
