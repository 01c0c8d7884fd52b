// The keys that may have signed a token: a secret text, a JWK or a JWKS (RFC 7517, 7518, 8037).
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace fin::api {

enum class Verdict { valid, no_suitable_key, none_verifies, unknown_algorithm };

class Keys {
public:
    // Throws std::invalid_argument saying what is wrong with the secret, without showing any of it.
    static Keys parse(const std::string& secret);

    // A key is suitable when its type fits the algorithm, when its own "alg" is absent or the same, its "use" is not
    // "enc", and when the token names a key, it is that one. The token cannot choose what kind of key it is checked
    // with, so a public key is never taken for a secret.
    Verdict verify(std::string_view algorithm, const std::string* id, std::string_view signed_text,
                   std::string_view signature) const;

    // Whether `mac` is the base64url of HMAC-SHA-256 of the text under one of the secrets. A public key makes none.
    bool authenticates(std::string_view text, std::string_view mac) const;

private:
    enum class Kind { secret, rsa, curve, edwards };
    struct Key {
        Kind kind = Kind::secret;
        std::string id, algorithm, curve, secret;
        bool has_id = false;
        std::shared_ptr<evp_pkey_st> handle;
    };
    struct Algorithm;
    static const Algorithm* find(std::string_view name);
    static Key parse_key(const void* json);
    static bool verifies(const Key& key, const Algorithm& algorithm, std::string_view signed_text,
                         std::string_view signature);
    std::vector<Key> keys_;
};

}  // namespace fin::api
