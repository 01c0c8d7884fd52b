// Which encoding a file is in, and its text as UTF-8 in pieces.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "interrupt.hpp"

namespace fin::importer {

// An ICU converter name: "UTF-8", "UTF-16LE", "windows-1251", ... Order of proof: byte order mark, UTF-16 by its zero
// bytes, valid UTF-8, then the 8-bit encoding under which the letters look most like a language.
// Throws Error{bad_data} for binary content.
std::string detect_encoding(std::string_view content, const InterruptCheck& check = never_interrupted);

// Checks that ICU knows `name` (throws Error{invalid_argument}) and gives its canonical spelling.
std::string known_encoding(const std::string& name);

// The content as UTF-8, in pieces: all at once and in place where it is UTF-8, converted chunk by chunk otherwise.
class TextSource {
public:
    TextSource(std::string_view content, const std::string& encoding);
    ~TextSource();
    TextSource(const TextSource&) = delete;
    TextSource& operator=(const TextSource&) = delete;

    bool in_place() const;
    // The text not consumed yet, as far as it is converted.
    std::string_view window() const { return window_; }
    void consume(std::size_t bytes) { window_.remove_prefix(bytes); }
    // Converts more, at least as much again as the window holds; false where there is no more. Views into the old
    // window are lost.
    bool extend();

private:
    struct Converter;
    std::unique_ptr<Converter> converter_;
    std::string buffer_;
    std::string_view window_;
};

}  // namespace fin::importer
