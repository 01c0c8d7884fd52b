// Base64 with the URL alphabet and without padding, as tokens and keys use it (RFC 7515, section 2).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fin::api {

// nullopt on a foreign character, on an impossible length and on bits that no encoder sets.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace fin::api
