#include "api/routes/security_headers.hpp"

#include <algorithm>

#include "api/request/text.hpp"

namespace fin::api::routes {

void add_security_headers(Headers& headers, const Config& config) {
    const auto add = [&](const char* name, const char* value) {
        const bool there = std::any_of(headers.begin(), headers.end(), [&](const auto& header) {
            return request::equal_ignoring_case(header.first, name);
        });
        if (!there) headers.emplace_back(name, value);
    };
    add("X-Content-Type-Options", "nosniff");
    add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    add("X-Frame-Options", "DENY");  // for browsers that do not know frame-ancestors
    add("Referrer-Policy", "no-referrer");
    if (!config.fin_tls_cert.empty()) add("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
}

}  // namespace fin::api::routes
