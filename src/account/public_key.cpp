#include "account/public_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <stdexcept>

#include "account/base64url.hpp"

namespace fin::account {

namespace {

using nlohmann::json;

constexpr int shortest_rsa = 1024, longest_rsa = 16384;  // bits; what is longer only costs time
constexpr std::size_t longest_exponent = 8;              // bytes

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

Number number(std::string_view big_endian) {
    return Number(BN_bin2bn(bytes(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

PublicKey make(const char* type, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        throw std::invalid_argument("the key is not a valid public key");
    return {key, EVP_PKEY_free};
}

// r and s side by side become the DER that OpenSSL reads; empty where they are not of that size.
std::string der(std::string_view raw, std::size_t half) {
    if (raw.size() != 2 * half) return {};
    const Signature signature(ECDSA_SIG_new());
    Number r = number(raw.substr(0, half)), s = number(raw.substr(half));
    if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
    static_cast<void>(r.release());  // the signature's from here on
    static_cast<void>(s.release());
    unsigned char* text = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &text);
    if (size <= 0) return {};
    std::string result(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return result;
}

}  // namespace

std::string text_member(const json& key, const char* name) {
    const auto found = key.find(name);
    if (found == key.end()) return {};
    if (!found->is_string()) throw std::invalid_argument(std::string("the key's \"") + name + "\" must be a text");
    return found->get<std::string>();
}

std::string binary_member(const json& key, const char* name) {
    std::string text = text_member(key, name);
    text.erase(text.find_last_not_of('=') + 1);
    const auto decoded = from_base64url(text);
    if (!decoded || decoded->empty())
        throw std::invalid_argument(std::string("the key's \"") + name + "\" must be in base64url");
    return *decoded;
}

PublicKey rsa_key(const json& key) {
    const std::string n = binary_member(key, "n"), e = binary_member(key, "e");
    if (n.size() > longest_rsa / 8 || e.size() > longest_exponent)
        throw std::invalid_argument("the RSA key is longer than 16384 bits");
    const Number modulus = number(n), exponent = number(e);
    if (!modulus || BN_num_bits(modulus.get()) < shortest_rsa)
        throw std::invalid_argument("the RSA key is shorter than 1024 bits");
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || !exponent || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get()) ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        throw std::invalid_argument("the RSA key is not valid");
    return make("RSA", builder.get());
}

std::size_t coordinate_size(std::string_view curve) {
    return curve == "P-256" ? 32 : curve == "P-384" ? 48 : curve == "P-521" ? 66 : 0;
}

PublicKey curve_key(const json& key) {
    const std::string curve = text_member(key, "crv");
    const std::size_t size = coordinate_size(curve);
    if (size == 0) throw std::invalid_argument("the key's curve must be P-256, P-384 or P-521");
    const std::string x = binary_member(key, "x"), y = binary_member(key, "y");
    if (x.size() > size || y.size() > size) throw std::invalid_argument("the key's point is too long for its curve");
    const std::string point = "\x04" + std::string(size - x.size(), '\0') + x + std::string(size - y.size(), '\0') + y;
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.c_str(), 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        throw std::invalid_argument("the key is not valid");
    return make("EC", builder.get());  // refuses a point that is not on the curve
}

PublicKey edwards_key(const json& key) {
    const std::string curve = text_member(key, "crv");
    if (curve != "Ed25519" && curve != "Ed448") throw std::invalid_argument("the key's curve must be Ed25519 or Ed448");
    const std::string x = binary_member(key, "x");
    EVP_PKEY* handle =
        EVP_PKEY_new_raw_public_key_ex(nullptr, curve == "Ed25519" ? "ED25519" : "ED448", nullptr, bytes(x), x.size());
    if (!handle) throw std::invalid_argument("the key is not a valid public key");
    return {handle, EVP_PKEY_free};
}

int key_bits(const PublicKey& key) { return EVP_PKEY_get_bits(key.get()); }

bool has_signed(const PublicKey& key, const SignatureForm& form, std::string_view text, std::string_view signature) {
    const std::string given = form.half > 0 ? der(signature, form.half) : std::string(signature);
    if (given.empty()) return false;
    const EVP_MD* digest = form.digest != nullptr ? EVP_get_digestbyname(form.digest) : nullptr;
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* details = nullptr;
    if (!context || EVP_DigestVerifyInit(context.get(), &details, digest, nullptr, key.get()) != 1) return false;
    if (form.pss && (EVP_PKEY_CTX_set_rsa_padding(details, RSA_PKCS1_PSS_PADDING) != 1 ||
                     EVP_PKEY_CTX_set_rsa_pss_saltlen(details, RSA_PSS_SALTLEN_DIGEST) != 1))
        return false;
    return EVP_DigestVerify(context.get(), bytes(given), given.size(), bytes(text), text.size()) == 1;
}

}  // namespace fin::account
