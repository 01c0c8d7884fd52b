// ID tokens of OpenID Connect (Core 1.0, section 3.1.3.7): who somebody is, as a provider says it and signs it.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fin::account {

// What a token must say to be meant for us, now, for this sign-in.
struct Expected {
    std::string issuer;                // exactly; "{tenantid}" in it stands for the claim tid
    std::string client_id;             // in aud
    std::string nonce;                 // of this sign-in
    std::int64_t now = 0;              // s since 1970
    std::vector<std::string> tenants;  // where the issuer names one: those that may sign in; none where it is empty
};

struct Person {
    std::string issuer, subject;        // together the key: neither is ever somebody else's
    std::optional<std::string> email;   // only one that the provider has verified
    std::optional<std::string> name;    // for people
    std::string token_subject;          // the claim sub, which an answer of userinfo must repeat
    std::optional<std::string> hosted;  // Google's hd: the organisation of the account
};

// The key that would tell is not in the set: a provider that has changed its keys says so in a newer set.
struct UnknownKey : std::exception {
    const char* what() const noexcept override { return "the key of the ID token is not among the provider's"; }
};

// keys: a JWKS as the provider publishes it. Only RS256 and ES256 count, whatever the set says, and a key is used for
// what its type is for: an RSA key is never a secret. Throws Error{bad_data} saying which check failed, with nothing of
// the token, and UnknownKey.
Person read_id_token(std::string_view token, const nlohmann::json& keys, const Expected& expected);

// Adds what the token leaves to userinfo: e-mail and name. Throws Error{bad_data} where it speaks of somebody else.
void add_userinfo(Person& person, const nlohmann::json& userinfo);

}  // namespace fin::account
