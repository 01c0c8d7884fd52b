#include "account/discovery.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

#include "error.hpp"

namespace fin::account {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::bad_data, "the provider's configuration cannot be used: " + why);
}

struct Place {
    std::string scheme, host;
    int port = 0;
};

// Of an absolute URL without user, fragment and anything that two readers could understand in two ways.
Place place_of(const std::string& url, const char* what) {
    const bool plain = url.size() <= 2000 && std::all_of(url.begin(), url.end(), [](char c) {
                           return c > 0x20 && c < 0x7F && c != '\\' && c != '#' && c != '"' && c != '<' && c != '>';
                       });
    const std::size_t colon = url.find("://");
    if (!plain || colon == std::string::npos) refuse(std::string(what) + " is no URL");
    Place place;
    place.scheme = url.substr(0, colon);
    if (place.scheme != "https" && place.scheme != "http") refuse(std::string(what) + " is not reached by HTTP");
    const std::size_t begin = colon + 3, end = std::min(url.find_first_of("/?", begin), url.size());
    std::string host = url.substr(begin, end - begin);
    place.port = place.scheme == "https" ? 443 : 80;
    const std::size_t port = host.find_last_not_of("0123456789");
    if (port != std::string::npos && host[port] == ':' && port + 1 < host.size()) {
        const auto parsed = std::from_chars(host.data() + port + 1, host.data() + host.size(), place.port);
        if (parsed.ec != std::errc() || place.port < 1 || place.port > 65535)
            refuse(std::string(what) + " has no port");
        host.erase(port);
    }
    if (host.empty() || host.find('@') != std::string::npos) refuse(std::string(what) + " has no host");
    place.host = outbound::normal_host(host);
    return place;
}

std::string text(const json& document, const char* name) {
    const auto found = document.find(name);
    return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool lists(const json& document, const char* name, const char* wanted) {
    const auto found = document.find(name);
    return found != document.end() && found->is_array() &&
           std::any_of(found->begin(), found->end(), [&](const json& one) { return one == wanted; });
}

// Microsoft's document of all organisations names a template where a token names a tenant.
bool is_template_of(const std::string& found, const std::string& issuer) {
    const std::string mark = "{tenantid}";
    const std::size_t at = found.find(mark);
    if (at == std::string::npos) return false;
    for (const char* all : {"common", "organizations", "consumers"}) {
        std::string filled = found;
        if (filled.replace(at, mark.size(), all) == issuer) return true;
    }
    return found == issuer;
}

}  // namespace

Endpoints read_discovery(const json& document, const std::string& issuer, const outbound::HostList& hosts) {
    if (!document.is_object()) refuse("it is no JSON object");
    const Place own = place_of(issuer, "the issuer");
    Endpoints endpoints;
    endpoints.issuer = text(document, "issuer");
    if (endpoints.issuer != issuer && !is_template_of(endpoints.issuer, issuer)) refuse("it names another issuer");
    const auto endpoint = [&](const char* name, bool needed) {
        std::string url = text(document, name);
        if (url.empty() && !needed) return url;
        if (url.empty()) refuse(std::string(name) + " is missing");
        const Place place = place_of(url, name);
        if (own.scheme == "https" && place.scheme != "https") refuse(std::string(name) + " is not encrypted");
        const bool same = place.host == own.host && place.port == own.port;
        if (!same && !hosts.allows(place.host, place.port))
            refuse(std::string(name) + " is at " + place.host + ", which is not among the provider's hosts");
        return url;
    };
    endpoints.authorization = endpoint("authorization_endpoint", true);
    endpoints.token = endpoint("token_endpoint", true);
    endpoints.keys = endpoint("jwks_uri", true);
    endpoints.userinfo = endpoint("userinfo_endpoint", false);
    endpoints.secret_in_body = lists(document, "token_endpoint_auth_methods_supported", "client_secret_post") &&
                               !lists(document, "token_endpoint_auth_methods_supported", "client_secret_basic");
    return endpoints;
}

std::string discovery_url(std::string issuer) {
    while (!issuer.empty() && issuer.back() == '/') issuer.pop_back();
    return issuer + "/.well-known/openid-configuration";
}

std::string form_encoded(std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        if (plain)
            out += c;
        else
            out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

std::string basic_credentials(std::string_view client_id, std::string_view secret) {
    const std::string pair = form_encoded(client_id) + ":" + form_encoded(secret);
    std::string encoded(4 * ((pair.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                        reinterpret_cast<const unsigned char*>(pair.data()), static_cast<int>(pair.size()));
    encoded.resize(static_cast<std::size_t>(size));
    return "Basic " + encoded;
}

}  // namespace fin::account
