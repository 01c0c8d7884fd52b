// Which proxies are believed when they say whose request they pass on (fin-trusted-proxies).
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/request/request.hpp"

namespace fin::api {

class Proxies {
public:
    // Addresses, networks (10.0.0.0/8, 2001:db8::/32), and "unix" for whoever comes through the socket.
    // Throws std::invalid_argument.
    explicit Proxies(const std::vector<std::string>& trusted = {});

    // Of the client: what the connection says, unless a trusted proxy made it. Then the last entry of X-Forwarded-For
    // that is no trusted proxy itself; entries before it the client may have written.
    std::string client(const Request& request, std::string_view peer) const;
    bool empty() const { return networks_.empty() && !unix_; }

private:
    struct Network {
        std::array<std::uint8_t, 16> start;  // IPv4 as ::ffff:a.b.c.d
        unsigned bits;
    };
    static bool read_address(const std::string& text, std::array<std::uint8_t, 16>& out);
    static Network read_network(const std::string& text);
    bool trusts(const std::string& address) const;

    std::vector<Network> networks_;
    bool unix_ = false;
};

}  // namespace fin::api
