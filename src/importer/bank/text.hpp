// A file's text read forward in bounded pieces, with its lines counted.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "importer/encoding.hpp"
#include "interrupt.hpp"

namespace fin::importer::bank {

inline constexpr std::size_t max_line = 1 << 16;

class Text {
public:
    Text(std::string_view content, const std::string& encoding, const InterruptCheck& check)
        : source_(content, encoding), check_(check) {}

    // At least `bytes` of what comes next, or all that is left. The view lives until the next call.
    std::string_view ahead(std::size_t bytes) {
        while (source_.window().size() < bytes && source_.extend()) {
        }
        return source_.window();
    }
    void consume(std::size_t bytes);
    std::size_t line() const { return line_; }  // 1-based line of what comes next

private:
    TextSource source_;
    InterruptCheck check_;
    std::size_t line_ = 1, unchecked_ = 0;
    bool after_return_ = false;
};

// Lines ended by CRLF, LF or CR.
class Lines {
public:
    Lines(std::string_view content, const std::string& encoding, const InterruptCheck& check)
        : text_(content, encoding, check) {}

    // False at the end. Throws Error{limit_exceeded} for a line above max_line, Error{bad_data} for one that holds
    // control characters other than tab and those banks put around messages (SOH, ETX, form feed, end of file).
    bool next();
    std::string_view line() const { return line_; }
    std::size_t number() const { return number_; }

private:
    Text text_;
    std::string line_;
    std::size_t number_ = 0;
};

}  // namespace fin::importer::bank
