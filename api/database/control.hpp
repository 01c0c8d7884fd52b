// Statements of the server itself, one at a time, over a connection of its own: schema cache, settings, notifications.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/database/connection.hpp"
#include "api/schema/cache.hpp"

namespace fin::api {

// The rows of one statement. Throws StatementFailed, ConnectionLost.
Task<schema::Rows> rows_of(Connection& connection, const std::string& text, const std::vector<std::string>& parameters);

// What the queries of schema::load_queries say, all of one moment.
Task<std::vector<schema::Rows>> read_schema(Connection& connection, const std::vector<schema::LoadQuery>& queries);

// Settings named pgrst.* of the connection's role, over them those db-pre-config sets.
Task<std::map<std::string, std::string>> read_settings(Connection& connection, const std::string& pre_config);

}  // namespace fin::api
