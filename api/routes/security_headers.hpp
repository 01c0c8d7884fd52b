// What tells browsers to be careful with the product's answers.
#pragma once
#include "api/config/config.hpp"
#include "api/error.hpp"

namespace fin::api::routes {

// Those that are not there yet; for servers with fin-routes alone.
void add_security_headers(Headers& headers, const Config& config);

}  // namespace fin::api::routes
