// Texts made comparable: one spelling for what readers take for the same word.
#pragma once
#include <string>
#include <string_view>

namespace fin::ledger {

// UTF-8 text case folded in every script, compatibility forms resolved (NBSP to space, full width to plain, NFKC),
// Russian yo written as ye. ASCII text, the common case, is lowered without ICU.
std::string folded(std::string_view text);

// Length in bytes of the first code point of a non-empty UTF-8 text, and what it is.
enum class Glyph { letter, digit, other };
struct Decoded {
    std::size_t bytes = 1;
    Glyph glyph = Glyph::other;
};
Decoded decode_beyond_ascii(std::string_view text);
inline Decoded decode(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first >= 0x80) return decode_beyond_ascii(text);
    if (first >= '0' && first <= '9') return {1, Glyph::digit};
    const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
    return {1, letter ? Glyph::letter : Glyph::other};
}

// The text without white space at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace fin::ledger
