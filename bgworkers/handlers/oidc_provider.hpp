// A provider of OpenID Connect as a worker talks with it: configuration, keys, the exchange of a code.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "account/discovery.hpp"
#include "handler.hpp"
#include "http/request.hpp"
#include "secret/seal.hpp"

namespace fin::workers {

struct OidcProvider {  // NOLINT(bugprone-exception-escape): the library's json may throw where it is moved
    std::string name, issuer, client_id, redirect_uri, hosts;
    secret::Text secret;  // empty: a client without one
    std::vector<std::string> tenants;
    nlohmann::json discovery, keys;  // null: not read yet
    bool discovery_is_old = true, keys_are_old = true;
};

// Why nobody was signed in: what the person is told, and with which status.
struct OidcFailure : std::runtime_error {
    OidcFailure(int status, const std::string& words) : std::runtime_error(words), status(status) {}
    int status;
};

// Throws OidcFailure where there is no such provider.
OidcProvider load_oidc_provider(const Context& context, const std::string& name);

// Reads the configuration where it is not there or a day old, checks and stores it. An old one is good while the
// provider does not answer. Throws OidcFailure. All arguments outlive the tasks.
Task<account::Endpoints> find_endpoints(Context& context, OidcProvider& provider);
// Reads the keys, unless somebody did within the last minute: then what that brought is taken. Throws OidcFailure.
Task<bool> read_keys(Context& context, OidcProvider& provider, const account::Endpoints& endpoints);

// One request whose answer is a JSON object. `what` names it in messages. Throws OidcFailure 502 and 504.
Task<nlohmann::json> ask_provider(const Request& request, const char* what);

}  // namespace fin::workers
