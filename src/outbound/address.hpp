// Which addresses may be connected to. Judged on the bytes of the socket about to connect, after every name and every
// spelling of a number has been resolved.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

struct sockaddr;

namespace fin::outbound {

enum class AddressClass {
    global,
    unspecified,  // 0.0.0.0 is this machine on Linux
    loopback,
    local,       // private networks, carrier-grade NAT, unique local IPv6
    link_local,  // fe80::/10 and 169.254.0.0/16, where clouds answer with credentials
    reserved,    // multicast, documentation, benchmarks, future use
    embedded,    // IPv6 that carries an IPv4 address: mapped, compatible, translated, 6to4, Teredo
    unknown,     // neither IPv4 nor IPv6
};

AddressClass class_of_ipv4(std::uint32_t address);  // in the byte order of the machine
AddressClass class_of_ipv6(const std::array<std::uint8_t, 16>& address);
AddressClass class_of(const sockaddr& address);
// An address as people write it; nullopt where it is none.
std::optional<AddressClass> class_of(std::string_view address);

// What may be connected to where private networks are not allowed.
inline bool is_public(AddressClass kind) { return kind == AddressClass::global; }
const char* name_of(AddressClass kind);

}  // namespace fin::outbound
