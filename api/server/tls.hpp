// TLS of the server: TLS 1.2 and newer, certificate and key from PEM files.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

namespace fin::api {

// Throws std::runtime_error naming the file that cannot be used.
std::shared_ptr<boost::asio::ssl::context> tls_context(const std::string& certificate, const std::string& key);

}  // namespace fin::api
