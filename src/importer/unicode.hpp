// Small text tools: lower case, cleaning, clipping. Independent of the locale.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "interrupt.hpp"

namespace fin::importer {

// The code point at `at`, which moves behind it. The text is valid UTF-8.
char32_t next_code_point(std::string_view text, std::size_t& at);
void append_code_point(std::string& text, char32_t code);

// Spaces of every width (no-break, thin, narrow, ideographic, tab).
bool is_space(char32_t code);

// For comparing words: lower case, ё as е, everything that is neither letter nor digit a single space, ends trimmed.
std::string folded(std::string_view text);

// True where `text` is already as cleaned() would leave it, so that a view of it can be handed on.
bool is_clean(std::string_view text);
// Without control, zero-width and byte-order characters; runs of spaces are one space; ends trimmed; a spreadsheet's
// apostrophe before digits and apostrophes around the whole text are dropped.
std::string cleaned(std::string_view text);

std::string_view trimmed(std::string_view text);  // ASCII spaces and no-break spaces at both ends

// At most `length` bytes, cut at a whole character, with "..." where something was cut.
std::string clipped(std::string_view text, std::size_t length = 80);

// The first byte that is not UTF-8, or npos.
std::size_t first_invalid_utf8(std::string_view text, const InterruptCheck& check = never_interrupted);

}  // namespace fin::importer
