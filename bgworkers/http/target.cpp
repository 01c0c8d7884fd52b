#include "http/target.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "http/request.hpp"
#include "outbound/address.hpp"

namespace fin::workers {

namespace {

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
    std::string copy(text);
    curl_free(text);
    return copy;
}

}  // namespace

Target target_of(const std::string& given, bool mail) {
    const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), curl_url_cleanup);
    if (!url) throw std::bad_alloc();
    // Without CURLU_NON_SUPPORT_SCHEME, _URLENCODE and _DEFAULT_SCHEME: nothing is guessed and nothing is put right.
    const bool clean = std::none_of(given.begin(), given.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte >= 0x7f;
    });
    if (!clean || curl_url_set(url.get(), CURLUPART_URL, given.c_str(), 0) != CURLUE_OK)
        throw Refused("the address to call is no complete URL in ASCII");
    Target target;
    target.scheme = part(url.get(), CURLUPART_SCHEME);
    const bool known = mail ? target.scheme == "smtp" || target.scheme == "smtps"
                            : target.scheme == "http" || target.scheme == "https";
    if (!known)
        throw Refused("scheme " + target.scheme + " is not called, only " +
                      (mail ? "smtp and smtps" : "http and https"));
    if (!part(url.get(), CURLUPART_USER).empty() || !part(url.get(), CURLUPART_PASSWORD).empty())
        throw Refused("a URL must not carry a user or a password; seal it as the secret of a connection");
    target.host = outbound::normal_host(part(url.get(), CURLUPART_HOST));
    target.port = std::atoi(part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT).c_str());
    if (target.host.empty() || target.port < 1) throw Refused("the address to call names no host");
    target.literal = outbound::class_of(target.host).has_value();
    const bool six = target.host.find(':') != std::string::npos;
    target.origin =
        target.scheme + "://" + (six ? "[" + target.host + "]" : target.host) + ":" + std::to_string(target.port);
    return target;
}

}  // namespace fin::workers
