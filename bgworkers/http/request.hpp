// What a handler sends out and what it gets back. No PostgreSQL in this folder but in settings.cpp.
#pragma once
#include <openssl/crypto.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "outbound/hosts.hpp"
#include "outbound/retry.hpp"

namespace fin::workers {

// Who may be called, and how much of it at once. From the settings pg_fin.http_*.
struct Policy {
    outbound::HostList hosts;
    bool allow_private = false;
    std::string ca_file;  // empty: the system's authorities
    int in_all = 1000;
    int per_host = 100;
    std::size_t max_body = std::size_t{16} << 20;     // of one answer
    std::size_t max_memory = std::size_t{256} << 20;  // of all answers that are being received
};

struct Request {
    std::string method = "GET";
    std::string url;  // its path and query may be secret: only scheme, host and port of it get into messages
    outbound::Headers headers;
    std::string body;
    std::string idempotency_key;  // sent where the method changes something; made and stored before the first attempt
    double connect_timeout = 10, timeout = 30;  // seconds, of one attempt
    std::size_t max_body = std::size_t{4} << 20;
    int retries = 2;

    Request() = default;
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    // Headers carry credentials: they do not stay in freed memory.
    ~Request() {
        for (auto& [name, value] : headers) OPENSSL_cleanse(value.data(), value.size());
    }
};

struct Response {
    long status = 0;
    outbound::Headers headers;  // names in lower case
    std::string body;
    int attempts = 1;
    double seconds = 0;  // of the last attempt
};

struct Letter {
    std::string url;  // smtp://host:port (STARTTLS is asked for and must be granted) or smtps://host:port
    std::string from;
    std::vector<std::string> to;  // bare addresses
    std::string username, password;
    std::string content;  // headers and body, lines end with CR LF
    double connect_timeout = 10, timeout = 60;

    Letter() = default;
    Letter(const Letter&) = delete;
    Letter& operator=(const Letter&) = delete;
    ~Letter() { OPENSSL_cleanse(password.data(), password.size()); }
};

// May not be sent at all, now or later: a host that is not allowed, an address that is private, a header with a line
// break.
class Refused : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// No answer, or one that broke off.
class TransportError : public std::runtime_error {
public:
    TransportError(const std::string& words, bool worth_another, bool host_is_down = true, long code = 0)
        : std::runtime_error(words), worth_another(worth_another), host_is_down(host_is_down), code(code) {}
    bool worth_another;
    bool host_is_down;  // counts for the circuit breaker
    long code;          // SMTP's last, 0 without
};

// The host has failed too often: nothing was sent.
class CircuitOpen : public std::runtime_error {
public:
    CircuitOpen(const std::string& words, double seconds) : std::runtime_error(words), seconds(seconds) {}
    double seconds;  // until it is tried again
};

}  // namespace fin::workers
