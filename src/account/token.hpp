// Access tokens (JWT, RFC 7519, signed with HS256) and what is bound to a session with the same keys.
#pragma once
#include <string>
#include <string_view>

#include "account/base64url.hpp"
#include "secret/seal.hpp"

namespace fin::account {

// The key that signs: what the REST server is given as jwt-secret. A text of at least 32 bytes (one line break at its
// end is left out), a JWK of type oct, or a JWKS, whose first key signs while the server takes all of them.
class SigningKey {
public:
    // Throws Error{bad_data}, which never shows any of it.
    static SigningKey parse(std::string_view text);

    // `claims` is the text of a JSON object. The header names the key where it has a kid.
    std::string sign(std::string_view claims) const;
    // What a browser must send back to show that it can read the cookies of this session.
    std::string csrf(std::string_view session) const;

private:
    SigningKey(std::string id, secret::Text key) : id_(std::move(id)), key_(std::move(key)) {}
    std::string hmac(std::string_view text) const;
    std::string id_;
    secret::Text key_;
};

}  // namespace fin::account
