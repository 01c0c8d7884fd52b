#include "api/routes/credentials.hpp"

#include <openssl/crypto.h>

#include "api/request/text.hpp"

namespace fin::api::routes {

namespace {

constexpr std::string_view token_cookie = "fin_access", csrf_cookie = "fin_csrf", key_prefix = "fin_";
constexpr const char* member_role = "fin_user";
constexpr std::size_t longest_key = 200;

bool changes_nothing(const std::string& method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

// The API key of the one Authorization header; empty: something else is in it.
std::string_view api_key(std::string_view authorization) {
    const std::string_view text = request::trimmed(authorization);
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos || !request::equal_ignoring_case(text.substr(0, space), "bearer")) return {};
    const std::string_view key = request::trimmed(text.substr(space));
    return key.substr(0, key_prefix.size()) == key_prefix && key.find('.') == std::string_view::npos
               ? key
               : std::string_view();
}

Identity with_key(std::string_view key, const std::string& schema) {
    if (key.size() > longest_key)
        throw ApiError(401, "FIN401", "The API key is not valid", {}, {}, {{"WWW-Authenticate", "Bearer"}});
    Identity identity;
    identity.role = member_role;
    identity.key = key;
    identity.key_schema = schema;
    // Whose it is only the database knows. This tells writers apart, and holds nothing of the secret.
    const std::size_t secret = key.find('_', key_prefix.size());
    identity.claims = nlohmann::json{{"role", member_role}, {"key", key.substr(0, secret)}}.dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace);
    return identity;
}

// A page elsewhere can send our cookies, but not read them: what it cannot repeat in a header shows who sent it. A
// neighbouring site can set a cookie and repeat that: the text must also be the one that belongs to the session.
void check_csrf(const Request& request, const Authenticator& authenticator, const Identity& identity) {
    const auto wanted = cookie(request, csrf_cookie);
    const std::string given = request.header("x-csrf-token");
    const bool repeated = wanted && !wanted->empty() && given.size() == wanted->size() &&
                          CRYPTO_memcmp(given.data(), wanted->data(), given.size()) == 0;
    if (!repeated || !authenticator.proves_session(identity, given))
        throw ApiError(403, "FIN403", "The request does not prove that it comes from the page that signed in",
                       "With cookies, methods other than GET and HEAD need X-CSRF-Token with the value of the cookie "
                       "fin_csrf.");
}

}  // namespace

std::optional<std::string> cookie(const Request& request, std::string_view name) {
    std::optional<std::string> found;
    for (const auto& [header, value] : request.headers) {
        if (header != "cookie") continue;
        for (const std::string_view part : request::split(value, ';')) {
            const std::string_view text = request::trimmed(part);
            const std::size_t equals = text.find('=');
            if (equals == std::string_view::npos || text.substr(0, equals) != name) continue;
            if (found) throw ApiError(400, "FIN400", "The cookie " + std::string(name) + " is sent twice");
            found = text.substr(equals + 1);
        }
    }
    return found;
}

Identity identify(const Request& request, const Authenticator& authenticator, const std::string& schema,
                  std::int64_t now) {
    int authorizations = 0;
    std::string_view key;
    for (const auto& [name, value] : request.headers) {
        if (name != "authorization") continue;
        ++authorizations;
        key = api_key(value);
    }
    if (authorizations == 1 && !key.empty()) return with_key(key, schema);
    if (authorizations == 0) {
        if (const auto token = cookie(request, token_cookie); token && !token->empty()) {
            Request stand_in;
            stand_in.headers.emplace_back("authorization", "Bearer " + *token);
            Identity identity = authenticator.identify(stand_in, now);
            if (!changes_nothing(request.method)) check_csrf(request, authenticator, identity);
            return identity;
        }
    }
    return authenticator.identify(request, now);
}

}  // namespace fin::api::routes
