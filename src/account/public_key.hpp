// Public keys as JWK (RFC 7517, 7518, 8037), and whether one of them has signed a text.
#pragma once
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace fin::account {

using PublicKey = std::shared_ptr<evp_pkey_st>;

// How a signature was made.
struct SignatureForm {
    const char* digest = nullptr;  // OpenSSL's name; null where the key's type implies it
    std::size_t half = 0;          // bytes of r and of s, which lie side by side; 0: it has no halves
    bool pss = false;              // RSA with PSS padding instead of PKCS #1 1.5
};

// All of these throw std::invalid_argument that says what is wrong with the key, without showing any of it.

// A member that is a text; empty where there is none.
std::string text_member(const nlohmann::json& key, const char* name);
// A member in base64url, which has to be there.
std::string binary_member(const nlohmann::json& key, const char* name);

PublicKey rsa_key(const nlohmann::json& key);  // of 1024 to 16384 bits
// P-256, P-384 or P-521; a coordinate may lack its leading zeros.
PublicKey curve_key(const nlohmann::json& key);
PublicKey edwards_key(const nlohmann::json& key);     // Ed25519 or Ed448
std::size_t coordinate_size(std::string_view curve);  // bytes; 0 for a curve that is none of these
int key_bits(const PublicKey& key);

bool has_signed(const PublicKey& key, const SignatureForm& form, std::string_view text, std::string_view signature);

}  // namespace fin::account
