// A reader of JSON that goes through the text once and keeps nothing: models are megabytes of numbers, and a float32
// must be read as one, not through a double.
#pragma once
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace fin::boost {

class JsonCursor {
public:
    explicit JsonCursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    // Calls each(name) for every member; each must read the value. Names are as written: an escaped one matches none.
    template <class Each>
    void object(Each each) {
        expect('{');
        if (accept('}')) return;
        do {
            const std::string_view name = string();
            expect(':');
            each(name);
        } while (accept(','));
        expect('}');
    }

    // Calls each() for every element; each must read it.
    template <class Each>
    void array(Each each) {
        expect('[');
        if (accept(']')) return;
        do each();
        while (accept(','));
        expect(']');
    }

    std::string_view string();  // between the quotes, escapes left as they are
    float number();             // finite
    std::int64_t integer();
    bool truth();   // true, false, 1 or 0: both ways are written by versions of XGBoost
    void skip();    // any value
    void finish();  // nothing but space is left

private:
    [[noreturn]] static void refuse(const char* what);
    void space();
    bool accept(char wanted);
    void expect(char wanted);
    std::string_view word();  // of a number, true, false or null

    const char* at_;
    const char* end_;
};

// The whole text as a number; false where it is none, or none that the type holds.
template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc() && end == text.data() + text.size();
}

}  // namespace fin::boost
