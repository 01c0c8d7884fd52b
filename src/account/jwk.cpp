#include "account/jwk.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>

#include "account/base64url.hpp"

namespace fin::account {

namespace {

using nlohmann::json;

constexpr int shortest_rsa = 2048, longest_rsa = 16384;  // bits, RFC 7518 section 3.3; more only costs time
constexpr std::size_t half = 32;                         // bytes of r and s, and of a coordinate on P-256
constexpr int most_tried = 20;

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
using Key = std::unique_ptr<EVP_PKEY, Releasing<EVP_PKEY, EVP_PKEY_free>>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string field(const json& key, const char* name) {
    const auto found = key.find(name);
    return found != key.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string binary(const json& key, const char* name) {
    return from_base64url(field(key, name)).value_or(std::string());
}

Key make(const char* type, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    return Key(key);
}

Number number(const std::string& big_endian) {
    return Number(BN_bin2bn(bytes(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

Key rsa(const json& key) {
    const std::string n = binary(key, "n"), e = binary(key, "e");
    if (n.empty() || e.empty() || n.size() > longest_rsa / 8 || e.size() > 8) return nullptr;
    const Number modulus = number(n), exponent = number(e);
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!modulus || !exponent || BN_num_bits(modulus.get()) < shortest_rsa || !BN_is_odd(exponent.get()) ||
        BN_is_one(exponent.get()) || !builder ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        return nullptr;
    return make("RSA", builder.get());
}

Key curve(const json& key) {
    const std::string x = binary(key, "x"), y = binary(key, "y");
    if (x.size() != half || y.size() != half) return nullptr;
    const std::string point = "\x04" + x + y;
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        return nullptr;
    return make("EC", builder.get());  // refuses a point that is not on the curve
}

// r and s side by side become the DER that OpenSSL reads.
std::string der(std::string_view raw) {
    if (raw.size() != 2 * half) return {};
    const Signature signature(ECDSA_SIG_new());
    Number r = number(std::string(raw.substr(0, half))), s = number(std::string(raw.substr(half)));
    if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    unsigned char* text = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &text);
    if (size <= 0) return {};
    std::string result(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return result;
}

bool verifies(EVP_PKEY* key, std::string_view text, const std::string& signature) {
    const DigestContext context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

}  // namespace

Signed verify_signature(const json& keys, std::string_view algorithm, const std::optional<std::string>& key_id,
                        std::string_view text, std::string_view signature) {
    const bool is_rsa = algorithm == "RS256";
    if (!is_rsa && algorithm != "ES256") return Signed::no;
    const auto set = keys.is_object() ? keys.find("keys") : keys.end();
    if (!keys.is_object() || set == keys.end() || !set->is_array()) return Signed::unknown_key;
    const std::string given = is_rsa ? std::string(signature) : der(signature);
    Signed verdict = Signed::unknown_key;
    int tried = 0;
    for (const json& key : *set) {
        if (!key.is_object() || field(key, "kty") != (is_rsa ? "RSA" : "EC")) continue;
        if (!is_rsa && field(key, "crv") != "P-256") continue;
        if (key.contains("use") && field(key, "use") != "sig") continue;
        if (key.contains("alg") && field(key, "alg") != algorithm) continue;
        if (key_id && field(key, "kid") != *key_id) continue;
        const Key handle = is_rsa ? rsa(key) : curve(key);
        if (!handle || ++tried > most_tried) continue;
        if (!given.empty() && verifies(handle.get(), text, given)) return Signed::yes;
        verdict = Signed::no;
    }
    return verdict;
}

}  // namespace fin::account
