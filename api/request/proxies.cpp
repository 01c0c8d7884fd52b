#include "api/request/proxies.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "api/request/text.hpp"

namespace fin::api {

bool Proxies::read_address(const std::string& text, std::array<std::uint8_t, 16>& out) {
    out = {};
    out[10] = out[11] = 0xff;
    if (::inet_pton(AF_INET, text.c_str(), out.data() + 12) == 1) return true;
    return ::inet_pton(AF_INET6, text.c_str(), out.data()) == 1;
}

Proxies::Network Proxies::read_network(const std::string& text) {
    const auto slash = std::min(text.find('/'), text.size());
    const std::string address = text.substr(0, slash);
    Network network = {};
    bool fine = read_address(address, network.start);
    const bool six = address.find(':') != std::string::npos;
    network.bits = 128;
    if (fine && slash < text.size()) {
        const char* end = text.data() + text.size();
        unsigned bits = 0;
        const auto [last, error] = std::from_chars(text.data() + slash + 1, end, bits);
        fine = error == std::errc() && last == end && bits <= (six ? 128u : 32u);
        network.bits = bits + (six ? 0 : 96);
    }
    if (!fine) throw std::invalid_argument(text + " is neither an address nor a network such as 10.0.0.0/8, nor unix");
    return network;
}

Proxies::Proxies(const std::vector<std::string>& trusted) {
    for (const std::string& text : trusted) {
        if (text == "unix")
            unix_ = true;
        else if (!text.empty())
            networks_.push_back(read_network(text));
    }
}

bool Proxies::trusts(const std::string& address) const {
    if (address == "unix") return unix_;
    std::array<std::uint8_t, 16> bytes;
    if (!read_address(address, bytes)) return false;
    return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
        for (unsigned bit = 0; bit < network.bits; ++bit) {
            const unsigned mask = 0x80u >> (bit % 8);
            if (((bytes[bit / 8] ^ network.start[bit / 8]) & mask) != 0) return false;
        }
        return true;
    });
}

std::string Proxies::client(const Request& request, std::string_view peer) const {
    std::string from(peer);
    if (empty() || !trusts(from)) return from;
    std::vector<std::string> said;
    for (const auto& [name, value] : request.headers) {
        if (name != "x-forwarded-for") continue;
        for (const std::string_view part : request::split(value, ',')) said.emplace_back(request::trimmed(part));
    }
    std::array<std::uint8_t, 16> ignored;
    for (auto next = said.rbegin(); next != said.rend() && trusts(from) && read_address(*next, ignored); ++next)
        from = *next;
    return from;
}

}  // namespace fin::api
