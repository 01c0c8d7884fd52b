// OpenAPI 3.1 of the named routes, made from their table and the functions' parameters.
#pragma once
#include <string>

#include "api/routes/table.hpp"

namespace fin::api::routes {

std::string openapi_document(const std::vector<Route>& routes);

}  // namespace fin::api::routes
