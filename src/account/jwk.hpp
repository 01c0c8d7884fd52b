// Public keys as JWK (RFC 7517, 7518) and the two signatures that ID tokens may have: RS256 and ES256.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace fin::account {

enum class Signed { yes, no, unknown_key };

// algorithm, key_id: of the token's header; without a key_id each key of the fitting type is tried. Keys for another
// type, use or algorithm, too short ones and broken ones count as not there.
Signed verify_signature(const nlohmann::json& keys, std::string_view algorithm,
                        const std::optional<std::string>& key_id, std::string_view text, std::string_view signature);

}  // namespace fin::account
