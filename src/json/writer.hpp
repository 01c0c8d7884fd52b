// Writes JSON text. Why not a library's DOM: money must appear digit for digit, which libraries' doubles cannot
// promise.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "ledger/money.hpp"

namespace fin::json {

class Writer {
public:
    // `pulse` is asked at every object and array of a long text, with the text so far; it may throw.
    explicit Writer(std::function<void(const std::string&)> pulse = {}) : pulse_(std::move(pulse)) {}

    Writer& begin_object() { return open('{'); }
    Writer& end_object() { return close('}'); }
    Writer& begin_array() { return open('['); }
    Writer& end_array() { return close(']'); }
    Writer& key(std::string_view name);
    Writer& value(std::string_view text);
    Writer& value(const char* text) { return value(std::string_view(text)); }
    Writer& value(double number);  // shortest text that reads back the same; null where not finite
    Writer& value(std::int64_t number);
    Writer& value(int number) { return value(static_cast<std::int64_t>(number)); }
    Writer& value(bool truth);
    Writer& value(ledger::Money money);
    Writer& null();
    Writer& raw(std::string_view json);  // a finished JSON value
    template <class T>
    Writer& field(std::string_view name, const T& content) {
        return key(name).value(content);
    }

    const std::string& text() const { return text_; }

private:
    Writer& open(char bracket);
    Writer& close(char bracket);
    void separate();
    std::function<void(const std::string&)> pulse_;
    std::string text_;
    bool first_ = true;
};

}  // namespace fin::json
