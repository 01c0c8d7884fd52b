// Where a provider of OpenID Connect is asked what (OpenID Connect Discovery 1.0), and its answers' shapes.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "outbound/hosts.hpp"

namespace fin::account {

struct Endpoints {
    std::string issuer;                                // as the document has it: may hold "{tenantid}"
    std::string authorization, token, keys, userinfo;  // userinfo may be empty
    bool secret_in_body = false;                       // client_secret_post is spoken and client_secret_basic is not
};

// issuer: as configured. hosts: where its endpoints may be, beside the issuer's own host. An issuer of https has
// endpoints of https alone. Throws Error{bad_data} saying what does not fit.
Endpoints read_discovery(const nlohmann::json& document, const std::string& issuer, const outbound::HostList& hosts);

// "{issuer}/.well-known/openid-configuration"
std::string discovery_url(std::string issuer);
// application/x-www-form-urlencoded, also of what stands before and behind the colon of HTTP Basic (RFC 6749, 2.3.1).
std::string form_encoded(std::string_view text);
// "Basic ..." of a client.
std::string basic_credentials(std::string_view client_id, std::string_view secret);

}  // namespace fin::account
