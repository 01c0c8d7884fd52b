// What a transaction is told of its request: role, claims, headers and the rest, in one SELECT set_config(...).
#pragma once
#include "api/request/preferences.hpp"
#include "api/schema/cache.hpp"
#include "api/sql/statement.hpp"

namespace fin::api {

Query transaction_settings(const Request& request, const Context& context, Access access, std::string_view schema,
                           const request::Preferences& preferences, const schema::Function* function);
std::optional<Query> pre_request(const Config& config);

}  // namespace fin::api
