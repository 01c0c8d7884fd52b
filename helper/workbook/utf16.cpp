#include "workbook/utf16.hpp"

#include <unicode/unistr.h>
#include <unicode/utf16.h>

namespace fin::helper {

std::string utf8_of(std::u16string_view text) {
    std::string utf8;
    icu::UnicodeString(false, text.data(), static_cast<int32_t>(text.size())).toUTF8String(utf8);
    return utf8;
}

std::u16string utf16_of(std::string_view utf8) {
    const auto text = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<int32_t>(utf8.size())});
    return {text.getBuffer(), static_cast<std::size_t>(text.length())};
}

void make_sound(std::u16string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool pair = U16_IS_LEAD(text[i]) && i + 1 < text.size() && U16_IS_TRAIL(text[i + 1]);
        if (pair)
            ++i;
        else if (U16_IS_SURROGATE(text[i]))
            text[i] = u'\uFFFD';
        else if (text[i] == 0)
            text[i] = u' ';
    }
}

}  // namespace fin::helper
