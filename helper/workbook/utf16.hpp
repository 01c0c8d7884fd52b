// Texts of old workbooks: UTF-16.
#pragma once
#include <string>
#include <string_view>

namespace fin::helper {

// What has no place in UTF-8, halves of surrogate pairs, becomes U+FFFD.
std::string utf8_of(std::u16string_view text);
std::u16string utf16_of(std::string_view utf8);

// Halves of surrogate pairs become U+FFFD and zeros, at which C programs end a text, spaces.
void make_sound(std::u16string& text);

}  // namespace fin::helper
