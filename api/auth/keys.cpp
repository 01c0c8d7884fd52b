#include "api/auth/keys.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "account/base64url.hpp"
#include "account/public_key.hpp"

namespace fin::api {

using Json = nlohmann::json;
using account::binary_member, account::coordinate_size, account::from_base64url, account::text_member;

struct Keys::Algorithm {  // NOLINT(clang-analyzer-optin.performance.Padding): the table reads in this order
    std::string_view name;
    Kind kind;
    const char* digest;
    std::string_view curve;      // of kind curve
    std::size_t half_signature;  // bytes of r and of s
    bool pss;
};

namespace {

constexpr std::size_t shortest_secret = 32;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// Key sets of others also hold keys that are not for us.
bool can_sign(const Json& key) {
    const std::string type = text_member(key, "kty"), curve = text_member(key, "crv");
    if (text_member(key, "use") == "enc") return false;
    return type == "oct" || type == "RSA" || (type == "EC" && coordinate_size(curve) != 0) ||
           (type == "OKP" && (curve == "Ed25519" || curve == "Ed448"));
}

}  // namespace

const Keys::Algorithm* Keys::find(std::string_view name) {
    static constexpr Algorithm known[] = {
        {"HS256", Kind::secret, "SHA256", "", 0, false},      {"HS384", Kind::secret, "SHA384", "", 0, false},
        {"HS512", Kind::secret, "SHA512", "", 0, false},      {"RS256", Kind::rsa, "SHA256", "", 0, false},
        {"RS384", Kind::rsa, "SHA384", "", 0, false},         {"RS512", Kind::rsa, "SHA512", "", 0, false},
        {"PS256", Kind::rsa, "SHA256", "", 0, true},          {"PS384", Kind::rsa, "SHA384", "", 0, true},
        {"PS512", Kind::rsa, "SHA512", "", 0, true},          {"ES256", Kind::curve, "SHA256", "P-256", 32, false},
        {"ES384", Kind::curve, "SHA384", "P-384", 48, false}, {"ES512", Kind::curve, "SHA512", "P-521", 66, false},
        {"EdDSA", Kind::edwards, nullptr, "", 0, false},
    };
    for (const auto& algorithm : known)
        if (algorithm.name == name) return &algorithm;
    return nullptr;
}

Keys::Key Keys::parse_key(const void* json) {
    const Json& given = *static_cast<const Json*>(json);
    if (!given.is_object()) throw std::invalid_argument("a key must be a JSON object");
    Key key;
    key.id = text_member(given, "kid");
    key.has_id = given.contains("kid");
    key.algorithm = text_member(given, "alg");
    key.curve = text_member(given, "crv");
    const std::string type = text_member(given, "kty");
    if (type == "oct") {
        key.secret = binary_member(given, "k");
        if (key.secret.size() < shortest_secret)
            throw std::invalid_argument("the key's \"k\" must be at least 32 bytes long");
    } else if (type == "RSA") {
        key.kind = Kind::rsa;
        key.handle = account::rsa_key(given);
    } else if (type == "EC") {
        key.kind = Kind::curve;
        key.handle = account::curve_key(given);
    } else if (type == "OKP") {
        key.kind = Kind::edwards;
        key.handle = account::edwards_key(given);
    } else {
        throw std::invalid_argument("the key's \"kty\" must be oct, RSA, EC or OKP");
    }
    return key;
}

Keys Keys::parse(const std::string& secret) {
    Keys keys;
    const std::size_t first = secret.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && secret[first] == '{') {
        const Json json = Json::parse(secret, nullptr, false);
        if (!json.is_discarded() && json.is_object()) {
            // What looks like a key and is none must not become a password that the whole world knows.
            if (!json.contains("keys")) {
                if (text_member(json, "use") == "enc") throw std::invalid_argument("the key is one for encryption");
                keys.keys_.push_back(parse_key(&json));
                return keys;
            }
            if (!json["keys"].is_array()) throw std::invalid_argument("\"keys\" must be an array");
            for (const auto& key : json["keys"])
                if (!key.is_object() || can_sign(key)) keys.keys_.push_back(parse_key(&key));
            if (keys.keys_.empty()) throw std::invalid_argument("the key set holds no key that can sign");
            return keys;
        }
    }
    if (secret.size() < shortest_secret)
        throw std::invalid_argument("The JWT secret must be at least 32 characters long.");
    Key key;
    key.secret = secret;
    key.algorithm = "HS256";
    keys.keys_.push_back(std::move(key));
    return keys;
}

bool Keys::verifies(const Key& key, const Algorithm& algorithm, std::string_view signed_text,
                    std::string_view signature) {
    if (algorithm.kind != Kind::secret)
        return account::has_signed(key.handle, {algorithm.digest, algorithm.half_signature, algorithm.pss}, signed_text,
                                   signature);
    unsigned char expected[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (!HMAC(EVP_get_digestbyname(algorithm.digest), key.secret.data(), static_cast<int>(key.secret.size()),
              bytes(signed_text), signed_text.size(), expected, &size))
        return false;
    return signature.size() == size && CRYPTO_memcmp(signature.data(), expected, size) == 0;
}

Verdict Keys::verify(std::string_view algorithm_name, const std::string* id, std::string_view signed_text,
                     std::string_view signature) const {
    const Algorithm* algorithm = find(algorithm_name);
    if (!algorithm) return Verdict::unknown_algorithm;
    Verdict verdict = Verdict::no_suitable_key;
    for (const auto& key : keys_) {
        const bool suitable =
            key.kind == algorithm->kind && (key.algorithm.empty() || key.algorithm == algorithm->name) &&
            (key.kind != Kind::curve || key.curve == algorithm->curve) && (!id || (key.has_id && key.id == *id));
        if (!suitable) continue;
        if (verifies(key, *algorithm, signed_text, signature)) return Verdict::valid;
        verdict = Verdict::none_verifies;
    }
    return verdict;
}

bool Keys::authenticates(std::string_view text, std::string_view mac) const {
    const auto given = from_base64url(mac);
    const Algorithm* const algorithm = find("HS256");
    if (!given) return false;
    bool fits = false;
    for (const auto& key : keys_)
        if (key.kind == Kind::secret && verifies(key, *algorithm, text, *given)) fits = true;
    return fits;
}

}  // namespace fin::api
