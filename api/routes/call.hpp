// A request for a route: its transaction, in which the function is called, and what is answered.
#pragma once
#include <memory>

#include "api/routes/table.hpp"
#include "api/sql/statement.hpp"

namespace fin::api::routes {

// match: its address is known (Match::allow). Throws ApiError: 405 and what the arguments are refused for.
std::unique_ptr<Handling> understand(const Request& request, const Context& context, const Match& match);

}  // namespace fin::api::routes
