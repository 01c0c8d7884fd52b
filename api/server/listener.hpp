// Where clients come in: addresses of server-host, or a Unix socket.
#pragma once
#include <boost/asio/basic_socket_acceptor.hpp>
#include <functional>
#include <string>
#include <vector>

#include "api/io.hpp"

namespace fin::api {

using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, Executor>;

// Listens on PostgREST's server-host (!4 *4 *6 !6 *, an address or a name). Throws std::runtime_error.
Acceptor listen_on(const Executor& executor, const std::string& host, int port);
// Replaces a socket nobody listens on any more. Throws std::runtime_error.
Acceptor listen_on_path(const Executor& executor, const std::string& path, int mode);
int port_of(const Acceptor& acceptor);
std::string address_of(const Socket& socket);  // "192.0.2.7", "unix"

// Accepts until the acceptor is closed; `choose` gives the thread a new client belongs to, `arrived`, called on the
// acceptor's thread, takes it there.
Task<void> accept_all(Acceptor& acceptor, std::function<Executor()> choose, std::function<void(Socket)> arrived);

}  // namespace fin::api
