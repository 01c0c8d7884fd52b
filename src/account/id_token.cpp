#include "account/id_token.hpp"

#include <algorithm>
#include <cmath>

#include "account/base64url.hpp"
#include "account/jwk.hpp"
#include "error.hpp"

namespace fin::account {

namespace {

using nlohmann::json;

constexpr std::int64_t skew = 60;          // s by which clocks may differ
constexpr std::int64_t longest_ago = 600;  // s: a token is made during its sign-in
constexpr std::size_t longest_token = 16'384, longest_text = 255;
constexpr int deepest = 16;
constexpr std::string_view tenant_mark = "{tenantid}";

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::bad_data, "the ID token is not valid: " + why);
}

json object_of(std::string_view part, const char* what) {
    const auto text = from_base64url(part);
    if (!text) refuse(std::string(what) + " is not in base64url");
    json parsed = json(json::value_t::discarded);
    try {
        parsed = json::parse(*text, [](int depth, json::parse_event_t, json&) {
            if (depth > deepest) throw std::length_error("too deep");
            return true;
        });
    } catch (const std::exception&) {
        refuse(std::string(what) + " is no JSON");
    }
    if (!parsed.is_object()) refuse(std::string(what) + " is no JSON object");
    return parsed;
}

// Empty: it is not there, or no text that could be stored.
std::string text(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) return {};
    const auto& value = found->get_ref<const std::string&>();
    const bool plain = value.size() <= longest_text && value.find('\0') == std::string::npos;
    return plain ? value : std::string();
}

std::optional<std::int64_t> moment(const json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end()) return std::nullopt;
    constexpr double largest = 1e15;
    if (!found->is_number() || !(std::fabs(found->get<double>()) < largest)) refuse(std::string(name) + " is no time");
    return static_cast<std::int64_t>(std::floor(found->get<double>()));
}

void check_times(const json& claims, std::int64_t now) {
    const auto expires = moment(claims, "exp"), issued = moment(claims, "iat"), begins = moment(claims, "nbf");
    if (!expires || !issued) refuse("exp or iat is missing");
    if (now - skew >= *expires) refuse("it has expired");
    if (now + skew < *issued || (begins && now + skew < *begins)) refuse("it is of the future");
    if (*issued < now - longest_ago) refuse("it was issued long ago");
}

void check_audience(const json& claims, const std::string& client_id) {
    const auto found = claims.find("aud");
    const bool one = found != claims.end() && found->is_string();
    const bool several = found != claims.end() && found->is_array() && found->size() > 1;
    const bool fits =
        one ? *found == client_id
            : found != claims.end() && found->is_array() &&
                  std::any_of(found->begin(), found->end(), [&](const json& a) { return a == client_id; });
    if (!fits) refuse("it is meant for another client");
    if ((several || claims.contains("azp")) && text(claims, "azp") != client_id)
        refuse("it was issued to another client");
}

// The issuer that the token must name.
std::string issuer_for(const json& claims, const Expected& expected) {
    std::string issuer = expected.issuer;
    const std::size_t mark = issuer.find(tenant_mark);
    if (mark == std::string::npos) return issuer;
    const std::string tenant = text(claims, "tid");
    if (tenant.empty() || std::find(expected.tenants.begin(), expected.tenants.end(), tenant) == expected.tenants.end())
        refuse("its tenant is not among those that may sign in");
    return issuer.replace(mark, tenant_mark.size(), tenant);
}

// Whoever sends a boolean as a text means it; anything else does not count.
bool is_verified(const json& claims) {
    const auto found = claims.find("email_verified");
    return found != claims.end() && (*found == true || *found == "true");
}

void take_profile(Person& person, const json& claims, bool with_email) {
    if (const std::string email = text(claims, "email"); with_email && !email.empty() && is_verified(claims))
        person.email = email;
    if (const std::string name = text(claims, "name"); !name.empty()) person.name = name;
    if (const std::string hosted = text(claims, "hd"); !hosted.empty()) person.hosted = hosted;
}

// An organisation's directory says what it likes about addresses: there they are words and no proof.
bool proves_addresses(const std::string& issuer) {
    return issuer.find("//login.microsoftonline.") == std::string::npos &&
           issuer.find("//sts.windows.net/") == std::string::npos;
}

}  // namespace

Person read_id_token(std::string_view token, const json& keys, const Expected& expected) {
    if (token.size() > longest_token || std::count(token.begin(), token.end(), '.') != 2)
        refuse("it has no three parts");
    const std::size_t first = token.find('.'), second = token.find('.', first + 1);
    const json header = object_of(token.substr(0, first), "its header");
    const json claims = object_of(token.substr(first + 1, second - first - 1), "its body");
    const auto signature = from_base64url(token.substr(second + 1));
    const std::string algorithm = text(header, "alg");
    if (algorithm != "RS256" && algorithm != "ES256") refuse("it is not signed by RS256 or ES256");
    // "crit" names what a reader must understand; we understand none of it.
    if (!signature || header.contains("crit")) refuse("its header or signature cannot be read");
    std::optional<std::string> key_id;
    if (header.contains("kid")) {
        if (!header["kid"].is_string()) refuse("its kid is no text");
        key_id = header["kid"].get<std::string>();
    }
    switch (verify_signature(keys, algorithm, key_id, token.substr(0, second), *signature)) {
        case Signed::yes: break;
        case Signed::no: refuse("its signature is wrong");
        case Signed::unknown_key: throw UnknownKey();
    }

    if (text(claims, "iss") != issuer_for(claims, expected)) refuse("it was issued by another provider");
    check_audience(claims, expected.client_id);
    check_times(claims, expected.now);
    if (expected.nonce.empty() || text(claims, "nonce") != expected.nonce) refuse("it belongs to another sign-in");
    Person person;
    person.issuer = text(claims, "iss");
    person.token_subject = text(claims, "sub");
    if (person.token_subject.empty()) refuse("it names nobody");
    const bool proves = proves_addresses(person.issuer);
    // Within a tenant oid is the person; sub is another one for each client.
    const std::string object = proves ? std::string() : text(claims, "oid");
    person.subject = object.empty() ? person.token_subject : "oid:" + object;
    take_profile(person, claims, proves);
    return person;
}

void add_userinfo(Person& person, const json& userinfo) {
    if (!userinfo.is_object() || text(userinfo, "sub") != person.token_subject)
        throw Error(ErrorCode::bad_data, "userinfo of the provider speaks of somebody else");
    take_profile(person, userinfo, proves_addresses(person.issuer));
}

}  // namespace fin::account
