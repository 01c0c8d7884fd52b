#include "api/auth/jwt.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "account/base64url.hpp"
#include "api/auth/keys.hpp"
#include "api/auth/role_path.hpp"
#include "api/auth/token_cache.hpp"

namespace fin::api {

using Json = nlohmann::json;

namespace {

constexpr std::int64_t skew = 30;  // s by which clocks may differ
constexpr int deepest = 64;        // of the claims

ApiError refused(const char* code, const std::string& message, Json details = {}) {
    return {401,     code,
            message, std::move(details),
            {},      {{"WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"" + message + "\""}}};
}
ApiError undecodable(const std::string& message, Json details = {}) {
    return refused("PGRST301", message, std::move(details));
}
ApiError unacceptable(const std::string& message) { return refused("PGRST303", message); }

// A time in the claims: absent (or null), a number of seconds, or something else.
struct Moment {
    enum class Kind { absent, wrong, seconds } kind = Kind::absent;
    std::int64_t seconds = 0;
};

enum class Audience { fits, wrong_type, other };

struct Claims {
    Moment expires, not_before, issued;
    Audience audience = Audience::fits;
    std::optional<std::string> role;
    std::string text;  // with the role in it
};

// What does not fit into 64 bits counts as 0.
Moment moment(const Json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end() || found->is_null()) return {};
    if (!found->is_number()) return {Moment::Kind::wrong, 0};
    if (found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        return {Moment::Kind::seconds, 0};
    if (found->is_number_integer()) return {Moment::Kind::seconds, found->get<std::int64_t>()};
    constexpr double largest = 9.2e18;
    const double value = std::floor(found->get<double>());
    return {Moment::Kind::seconds, std::fabs(value) < largest ? static_cast<std::int64_t>(value) : 0};
}

Audience audience(const Json& claims, const std::string& wanted) {
    const auto found = claims.find("aud");
    if (found == claims.end() || found->is_null()) return Audience::fits;
    if (found->is_string()) return wanted.empty() || *found == wanted ? Audience::fits : Audience::other;
    if (!found->is_array()) return Audience::wrong_type;
    bool fits = found->empty();
    for (const auto& one : *found) {
        if (!one.is_string()) return Audience::wrong_type;
        fits = fits || wanted.empty() || one == wanted;
    }
    return fits ? Audience::fits : Audience::other;
}

void check(const Claims& claims, std::int64_t now) {
    const auto must_be_number = [](const Moment& moment, const char* name) {
        if (moment.kind == Moment::Kind::wrong)
            throw unacceptable("The JWT '" + std::string(name) + "' claim must be a number");
        return moment.kind == Moment::Kind::seconds;
    };
    if (must_be_number(claims.expires, "exp") && now - skew > claims.expires.seconds) throw unacceptable("JWT expired");
    if (must_be_number(claims.not_before, "nbf") && now + skew < claims.not_before.seconds)
        throw unacceptable("JWT not yet valid");
    if (must_be_number(claims.issued, "iat") && now + skew < claims.issued.seconds)
        throw unacceptable("JWT issued at future");
    if (claims.audience == Audience::wrong_type)
        throw unacceptable("The JWT 'aud' claim must be a string or an array of strings");
    if (claims.audience == Audience::other) throw unacceptable("JWT not in audience");
}

Json parse(const std::string& text) {
    try {
        return Json::parse(text, [](int depth, Json::parse_event_t, Json&) {
            if (depth > deepest) throw std::length_error("too deep");
            return true;
        });
    } catch (const std::exception&) {
        return Json(Json::value_t::discarded);
    }
}

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

bool is_space(char c) { return c == ' ' || c == '\t'; }

// The token of "Bearer <token>"; nullopt where another scheme, or none, was used.
std::optional<std::string_view> bearer(std::string_view header) {
    std::size_t end = 0;
    while (end < header.size() && !is_space(header[end])) ++end;
    constexpr std::string_view word = "bearer";
    if (end != word.size()) return std::nullopt;
    for (std::size_t i = 0; i < end; ++i)
        if ((header[i] | 0x20) != word[i]) return std::nullopt;
    while (end < header.size() && is_space(header[end])) ++end;
    header.remove_prefix(end);
    while (!header.empty() && is_space(header.back())) header.remove_suffix(1);
    return header;
}

}  // namespace

struct Authenticator::Inside {
    explicit Inside(const Config& config)
        : anonymous(config.db_anon_role),
          audience(config.jwt_aud),
          path(RolePath::parse(config.jwt_role_claim_key)),
          cache(static_cast<std::size_t>(std::max(config.jwt_cache_max_entries, 0))),
          caching(config.jwt_cache_max_entries > 0) {
        if (!config.jwt_secret.empty()) keys = Keys::parse(config.jwt_secret);
        if (!anonymous.empty()) nobody = {anonymous, true, text_of(Json{{"role", anonymous}})};
    }

    std::shared_ptr<const Claims> decode(std::string_view token) const;
    std::shared_ptr<const Claims> read(const std::string& payload) const;

    std::string anonymous, audience;
    RolePath path;
    std::optional<Keys> keys;
    Identity nobody;
    mutable TokenCache<Claims> cache;
    bool caching;
};

std::shared_ptr<const Claims> Authenticator::Inside::decode(std::string_view token) const {
    if (token.empty()) throw undecodable("Empty JWT is sent in Authorization header");
    const auto dots = std::count(token.begin(), token.end(), '.');
    if (dots != 2) throw undecodable("Expected 3 parts in JWT; got " + std::to_string(dots + 1));
    const std::size_t first = token.find('.'), second = token.find('.', first + 1);
    const auto malformed = [] { return undecodable("JWT cryptographic operation failed"); };
    const auto head = account::from_base64url(token.substr(0, first));
    const auto payload = account::from_base64url(token.substr(first + 1, second - first - 1));
    const auto signature = account::from_base64url(token.substr(second + 1));
    if (!head || !payload || !signature) throw malformed();
    const Json header = parse(*head);
    if (!header.is_object() || !header.contains("alg") || !header["alg"].is_string()) throw malformed();
    const auto& algorithm = header["alg"].get_ref<const std::string&>();
    if (algorithm == "none")
        throw undecodable("Wrong or unsupported encoding algorithm",
                          "JWT is unsecured but expected 'alg' was not 'none'");
    // "crit" names what a reader must understand; we understand none of it.
    if (header.contains("crit")) throw malformed();
    const auto id = header.find("kid");
    if (id != header.end() && !id->is_string()) throw malformed();
    const std::string* named = id == header.end() ? nullptr : id->get_ptr<const std::string*>();
    switch (keys->verify(algorithm, named, token.substr(0, second), *signature)) {
        case Verdict::valid: return read(*payload);
        case Verdict::unknown_algorithm: throw malformed();
        case Verdict::no_suitable_key:
            throw undecodable("No suitable key or wrong key type", "No suitable key was found to decode the JWT");
        case Verdict::none_verifies: break;
    }
    throw undecodable("No suitable key or wrong key type", "None of the keys was able to decode the JWT");
}

std::shared_ptr<const Claims> Authenticator::Inside::read(const std::string& payload) const {
    Json json = parse(payload);
    if (!json.is_object()) throw unacceptable("Parsing claims failed");
    auto claims = std::make_shared<Claims>();
    claims->expires = moment(json, "exp");
    claims->not_before = moment(json, "nbf");
    claims->issued = moment(json, "iat");
    claims->audience = fin::api::audience(json, audience);
    if (const Json* role = path.find(json))
        claims->role = role->is_string() ? role->get<std::string>() : text_of(*role);
    if (claims->role || !anonymous.empty()) json["role"] = claims->role.value_or(anonymous);
    claims->text = text_of(json);
    return claims;
}

Authenticator::Authenticator(const Config& config) : inside_(std::make_unique<Inside>(config)) {}
Authenticator::~Authenticator() = default;

Identity Authenticator::identify(const Request& request, std::int64_t now) const {
    const auto required = [] {
        return ApiError(401, "PGRST302", "Anonymous access is disabled", {}, {}, {{"WWW-Authenticate", "Bearer"}});
    };
    const std::string* authorization = nullptr;
    for (const auto& [name, value] : request.headers) {
        if (name != "authorization") continue;
        // Whoever stands before us may have looked at the other one.
        if (authorization) throw undecodable("Several Authorization headers were sent");
        authorization = &value;
    }
    const auto token = authorization ? bearer(*authorization) : std::nullopt;
    if (!token) {
        if (inside_->anonymous.empty()) throw required();
        return inside_->nobody;
    }
    if (!inside_->keys) throw ApiError(500, "PGRST300", "Server lacks JWT secret");
    std::shared_ptr<const Claims> claims;
    if (inside_->caching) claims = inside_->cache.find(*token);
    if (!claims) {
        claims = inside_->decode(*token);
        if (inside_->caching) inside_->cache.insert(*token, claims);
    }
    check(*claims, now);
    if (!claims->role && inside_->anonymous.empty()) throw required();
    const std::string& role = claims->role ? *claims->role : inside_->anonymous;
    return {role, role == inside_->anonymous, claims->text};
}

bool Authenticator::proves_session(const Identity& identity, std::string_view text) const {
    const Json claims = Json::parse(identity.claims, nullptr, false);
    const auto session = claims.is_object() ? claims.find("sid") : claims.end();
    if (!inside_->keys || session == claims.end() || !session->is_string()) return false;
    return inside_->keys->authenticates("pg_fin csrf " + session->get<std::string>(), text);
}

Authenticator::Counts Authenticator::cache_counts() const {
    const auto counts = inside_->cache.counts();
    return {counts.requests, counts.hits, counts.evictions};
}

}  // namespace fin::api
