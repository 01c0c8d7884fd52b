// The admin port: /live, /ready, /metrics, /config, /schema_cache. Never for the outside.
#pragma once
#include <functional>
#include <string>

#include "api/server/listener.hpp"
#include "api/sql/statement.hpp"

namespace fin::api {

using AdminAnswer = std::function<Response(const Request&)>;

// One connection, one request, one answer.
Task<void> serve_admin(Socket socket, AdminAnswer answer);

}  // namespace fin::api
