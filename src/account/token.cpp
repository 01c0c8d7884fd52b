#include "account/token.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "error.hpp"

namespace fin::account {

namespace {

using Json = nlohmann::json;

constexpr std::size_t shortest_key = 32;  // bytes, as RFC 7518 section 3.2 asks for HS256

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::bad_data, "the key that signs tokens cannot be used: " + why, {},
                "A text of at least 32 bytes, for example of openssl rand -base64 48, or a JWK or JWKS of type oct.");
}

std::string key_bytes(std::string_view text) {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    auto bytes = from_base64url(text);
    if (!bytes) refuse("its \"k\" is not in base64url");
    return std::move(*bytes);
}

std::string field(const Json& key, const char* name) {
    const auto found = key.find(name);
    return found != key.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

SigningKey SigningKey::parse(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && text[first] == '{') {
        const Json json = Json::parse(text, nullptr, false);
        if (json.is_discarded()) refuse("it begins like a JWK and is no JSON");
        Json key = json;
        if (const auto keys = json.find("keys"); keys != json.end()) {
            if (!keys->is_array() || keys->empty()) refuse("the key set holds no key");
            key = keys->front();
        }
        if (!key.is_object() || field(key, "kty") != "oct") refuse("the first key is not of type oct");
        if (const std::string algorithm = field(key, "alg"); !algorithm.empty() && algorithm != "HS256")
            refuse("the first key is not for HS256");
        secret::Text bytes(key_bytes(field(key, "k")));
        if (bytes.text().size() < shortest_key) refuse("the first key is shorter than 32 bytes");
        return {field(key, "kid"), std::move(bytes)};
    }
    // Exactly as the server reads it.
    if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    if (text.size() < shortest_key) refuse("it is shorter than 32 bytes");
    return {std::string(), secret::Text(std::string(text))};
}

std::string SigningKey::hmac(std::string_view text) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    const std::string& key = key_.text();
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data(), &size))
        throw std::runtime_error("OpenSSL does not compute an HMAC");
    return base64url({reinterpret_cast<const char*>(hash.data()), size});
}

std::string SigningKey::sign(std::string_view claims) const {
    Json header = {{"alg", "HS256"}, {"typ", "JWT"}};
    if (!id_.empty()) header["kid"] = id_;
    const std::string text = base64url(header.dump()) + "." + base64url(claims);
    return text + "." + hmac(text);
}

std::string SigningKey::csrf(std::string_view session) const { return hmac("pg_fin csrf " + std::string(session)); }

}  // namespace fin::account
