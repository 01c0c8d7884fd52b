#include "account/jwk.hpp"

#include <stdexcept>

#include "account/public_key.hpp"

namespace fin::account {

namespace {

using nlohmann::json;

constexpr int shortest_rsa = 2048;  // bits, RFC 7518 section 3.3
constexpr int most_tried = 20;

// Null where it is for something else or broken.
PublicKey fitting(const json& key, bool is_rsa, std::string_view algorithm, const std::optional<std::string>& key_id) {
    if (!key.is_object()) return nullptr;
    try {
        if (text_member(key, "kty") != (is_rsa ? "RSA" : "EC")) return nullptr;
        if (key.contains("use") && text_member(key, "use") != "sig") return nullptr;
        if (key.contains("alg") && text_member(key, "alg") != algorithm) return nullptr;
        if (key_id && text_member(key, "kid") != *key_id) return nullptr;
        if (is_rsa) {
            PublicKey made = rsa_key(key);
            return key_bits(made) >= shortest_rsa ? made : nullptr;
        }
        const std::size_t size = coordinate_size("P-256");
        const bool whole = text_member(key, "crv") == "P-256" && binary_member(key, "x").size() == size &&
                           binary_member(key, "y").size() == size;
        return whole ? curve_key(key) : nullptr;
    } catch (const std::invalid_argument&) {
        return nullptr;
    }
}

}  // namespace

Signed verify_signature(const json& keys, std::string_view algorithm, const std::optional<std::string>& key_id,
                        std::string_view text, std::string_view signature) {
    const bool is_rsa = algorithm == "RS256";
    if (!is_rsa && algorithm != "ES256") return Signed::no;
    const auto set = keys.is_object() ? keys.find("keys") : keys.end();
    if (!keys.is_object() || set == keys.end() || !set->is_array()) return Signed::unknown_key;
    const SignatureForm form = {"SHA256", is_rsa ? 0 : coordinate_size("P-256"), false};
    Signed verdict = Signed::unknown_key;
    int tried = 0;
    for (const json& key : *set) {
        const PublicKey handle = fitting(key, is_rsa, algorithm, key_id);
        if (!handle || ++tried > most_tried) continue;
        if (has_signed(handle, form, text, signature)) return Signed::yes;
        verdict = Signed::no;
    }
    return verdict;
}

}  // namespace fin::account
