// Bodies of errors, and what PostgreSQL's errors mean to a client.
#pragma once
#include <string>

#include "api/error.hpp"
#include "api/sql/statement.hpp"

namespace fin::api {

std::string error_body(const ApiError& error, const Config& config);

}  // namespace fin::api
