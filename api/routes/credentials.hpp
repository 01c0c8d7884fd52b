// Who asks, of the product's own API: a token, the cookie of a browser with its CSRF token, or an API key.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "api/auth/jwt.hpp"

namespace fin::api::routes {

// The one cookie of that name. Throws ApiError 400 where there are several: a neighbouring site may have set one.
std::optional<std::string> cookie(const Request& request, std::string_view name);

// schema: where begin_with_key is, which says in the transaction whose key it is. Throws ApiError.
Identity identify(const Request& request, const Authenticator& authenticator, const std::string& schema,
                  std::int64_t now);

}  // namespace fin::api::routes
