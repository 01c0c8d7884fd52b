// Bodies of errors, and what PostgreSQL's errors mean to a client.
#pragma once
#include <string>
#include <string_view>

#include "api/error.hpp"
#include "api/sql/statement.hpp"

namespace fin::api {

// Headers that cannot break out of their line, whoever chose their texts: a function, a name in the query string.
Headers safe_headers(const Headers& headers);
std::string safe_line(std::string_view text);

std::string error_body(const ApiError& error, const Config& config);

}  // namespace fin::api
