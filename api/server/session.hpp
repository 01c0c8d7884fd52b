// One client's connection: its requests one after the other, read within limits, answered in order.
#pragma once
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <string>
#include <vector>

#include "api/server/handler.hpp"
#include "api/server/parser.hpp"
#include "api/server/worker.hpp"

namespace fin::api {

using TlsStream = asio::ssl::stream<Socket>;

// Serves a connection that worker's thread has accepted, until either side ends it.
void start_session(Worker& worker, const Databases& databases, Socket socket, std::string address);
void start_tls_session(Worker& worker, const Databases& databases, Socket socket, std::string address);

}  // namespace fin::api
