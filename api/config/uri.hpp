// Addresses as far as the settings need them (RFC 3986).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fin::api {

bool is_uri(std::string_view text);  // has a scheme and only characters a URI may have

struct HttpUri {
    std::string scheme, host, path;  // http or https; path at least "/"
    int port = 80;
};

// An absolute http or https address without user, query and fragment.
std::optional<HttpUri> read_http_uri(std::string_view text);

// A connection string with its passwords replaced by ***.
std::string without_password(std::string_view connection);

}  // namespace fin::api
