#include "api/auth/keys.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "api/auth/base64.hpp"

namespace fin::api {

using Json = nlohmann::json;

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
constexpr int shortest_rsa = 1024;  // bits

template <class T, void (*release)(T*)>
struct Releasing {
    void operator()(T* pointer) const { release(pointer); }
};
using Number = std::unique_ptr<BIGNUM, Releasing<BIGNUM, BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Releasing<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Releasing<OSSL_PARAM, OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Releasing<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Releasing<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Releasing<ECDSA_SIG, ECDSA_SIG_free>>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string field(const Json& key, const char* name) {
    const auto found = key.find(name);
    if (found == key.end()) return {};
    if (!found->is_string()) throw std::invalid_argument(std::string("the key's \"") + name + "\" must be a text");
    return found->get<std::string>();
}

std::string binary(const Json& key, const char* name) {
    std::string text = field(key, name);
    text.erase(text.find_last_not_of('=') + 1);
    const auto decoded = from_base64url(text);
    if (!decoded || decoded->empty())
        throw std::invalid_argument(std::string("the key's \"") + name + "\" must be in base64url");
    return *decoded;
}

std::shared_ptr<EVP_PKEY> make(const char* type, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        throw std::invalid_argument("the key is not a valid public key");
    return {key, EVP_PKEY_free};
}

Number number(const std::string& big_endian) {
    return Number(BN_bin2bn(bytes(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

std::shared_ptr<EVP_PKEY> rsa(const Json& key) {
    const Number modulus = number(binary(key, "n")), exponent = number(binary(key, "e"));
    if (!modulus || BN_num_bits(modulus.get()) < shortest_rsa)
        throw std::invalid_argument("the RSA key is shorter than 1024 bits");
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!exponent || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        throw std::invalid_argument("the RSA key is not valid");
    return make("RSA", builder.get());
}

std::size_t coordinate_size(std::string_view curve) {
    return curve == "P-256" ? 32 : curve == "P-384" ? 48 : curve == "P-521" ? 66 : 0;
}

std::shared_ptr<EVP_PKEY> curve_key(const Json& key, const std::string& curve) {
    const std::size_t size = coordinate_size(curve);
    if (size == 0) throw std::invalid_argument("the key's curve must be P-256, P-384 or P-521");
    const std::string x = binary(key, "x"), y = binary(key, "y");
    if (x.size() > size || y.size() > size) throw std::invalid_argument("the key's point is too long for its curve");
    const std::string point = "\x04" + std::string(size - x.size(), '\0') + x + std::string(size - y.size(), '\0') + y;
    const Builder builder(OSSL_PARAM_BLD_new());
    if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.c_str(), 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        throw std::invalid_argument("the key is not valid");
    return make("EC", builder.get());  // refuses a point that is not on the curve
}

std::shared_ptr<EVP_PKEY> edwards_key(const Json& key, const std::string& curve) {
    if (curve != "Ed25519" && curve != "Ed448") throw std::invalid_argument("the key's curve must be Ed25519 or Ed448");
    const std::string x = binary(key, "x");
    EVP_PKEY* handle =
        EVP_PKEY_new_raw_public_key_ex(nullptr, curve == "Ed25519" ? "ED25519" : "ED448", nullptr, bytes(x), x.size());
    if (!handle) throw std::invalid_argument("the key is not a valid public key");
    return {handle, EVP_PKEY_free};
}

// Key sets of others also hold keys that are not for us.
bool can_sign(const Json& key) {
    const std::string type = field(key, "kty"), curve = field(key, "crv");
    if (field(key, "use") == "enc") return false;
    return type == "oct" || type == "RSA" || (type == "EC" && coordinate_size(curve) != 0) ||
           (type == "OKP" && (curve == "Ed25519" || curve == "Ed448"));
}

// r and s side by side become the DER that OpenSSL reads.
std::string der(std::string_view raw, std::size_t half) {
    const Signature signature(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(bytes(raw.substr(0, half)), static_cast<int>(half), nullptr);
    BIGNUM* s = BN_bin2bn(bytes(raw.substr(half)), static_cast<int>(half), nullptr);
    if (!signature || ECDSA_SIG_set0(signature.get(), r, s) != 1) return {};
    unsigned char* text = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &text);
    if (size <= 0) return {};
    std::string result(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return result;
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
    key.id = field(given, "kid");
    key.has_id = given.contains("kid");
    key.algorithm = field(given, "alg");
    key.curve = field(given, "crv");
    const std::string type = field(given, "kty");
    if (type == "oct") {
        key.secret = binary(given, "k");
        if (key.secret.size() < shortest_secret)
            throw std::invalid_argument("the key's \"k\" must be at least 32 bytes long");
    } else if (type == "RSA") {
        key.kind = Kind::rsa;
        key.handle = rsa(given);
    } else if (type == "EC") {
        key.kind = Kind::curve;
        key.handle = curve_key(given, key.curve);
    } else if (type == "OKP") {
        key.kind = Kind::edwards;
        key.handle = edwards_key(given, key.curve);
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
                if (field(json, "use") == "enc") throw std::invalid_argument("the key is one for encryption");
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
    const EVP_MD* digest = algorithm.digest ? EVP_get_digestbyname(algorithm.digest) : nullptr;
    if (algorithm.kind == Kind::secret) {
        unsigned char expected[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        if (!HMAC(digest, key.secret.data(), static_cast<int>(key.secret.size()), bytes(signed_text),
                  signed_text.size(), expected, &size))
            return false;
        return signature.size() == size && CRYPTO_memcmp(signature.data(), expected, size) == 0;
    }
    std::string given(signature);
    if (algorithm.kind == Kind::curve) {
        if (signature.size() != 2 * algorithm.half_signature) return false;
        given = der(signature, algorithm.half_signature);
    }
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* details = nullptr;
    if (!context || EVP_DigestVerifyInit(context.get(), &details, digest, nullptr, key.handle.get()) != 1) return false;
    if (algorithm.pss && (EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) != 1 ||
                          EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) != 1))
        return false;
    return EVP_DigestVerify(context.get(), bytes(given), given.size(), bytes(signed_text), signed_text.size()) == 1;
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
