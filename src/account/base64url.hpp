// Base64 with the URL alphabet and without padding (RFC 7515, section 2).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fin::account {

std::string base64url(std::string_view bytes);
// nullopt for any other character, padding and a length that no bytes have. Bits left over at the end must be zero, so
// that one text alone stands for some bytes.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace fin::account
