#include "outbound/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace fin::outbound {

namespace {

struct Range4 {
    std::uint32_t start;
    int bits;
    AddressClass kind;
};

constexpr std::uint32_t ipv4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return a << 24 | b << 16 | c << 8 | d;
}

// The IANA special-purpose registry, what is not globally reachable.
constexpr Range4 ranges4[] = {
    {ipv4(0, 0, 0, 0), 8, AddressClass::unspecified},     {ipv4(10, 0, 0, 0), 8, AddressClass::local},
    {ipv4(100, 64, 0, 0), 10, AddressClass::local},       {ipv4(127, 0, 0, 0), 8, AddressClass::loopback},
    {ipv4(169, 254, 0, 0), 16, AddressClass::link_local}, {ipv4(172, 16, 0, 0), 12, AddressClass::local},
    {ipv4(192, 0, 0, 0), 24, AddressClass::reserved},     {ipv4(192, 0, 2, 0), 24, AddressClass::reserved},
    {ipv4(192, 88, 99, 0), 24, AddressClass::reserved},   {ipv4(192, 168, 0, 0), 16, AddressClass::local},
    {ipv4(198, 18, 0, 0), 15, AddressClass::reserved},    {ipv4(198, 51, 100, 0), 24, AddressClass::reserved},
    {ipv4(203, 0, 113, 0), 24, AddressClass::reserved},   {ipv4(224, 0, 0, 0), 3, AddressClass::reserved},
};
// Public addresses at which a cloud answers its own machines only.
constexpr std::uint32_t metadata4[] = {ipv4(168, 63, 129, 16), ipv4(100, 100, 100, 200)};

bool starts_with(const std::array<std::uint8_t, 16>& address, std::initializer_list<std::uint8_t> bytes) {
    return std::equal(bytes.begin(), bytes.end(), address.begin());
}

}  // namespace

AddressClass class_of_ipv4(std::uint32_t address) {
    for (const std::uint32_t metadata : metadata4)
        if (address == metadata) return AddressClass::link_local;
    for (const Range4& range : ranges4)
        if (((address ^ range.start) >> (32 - range.bits)) == 0) return range.kind;
    return AddressClass::global;
}

AddressClass class_of_ipv6(const std::array<std::uint8_t, 16>& a) {
    const bool high_zero = std::all_of(a.begin(), a.begin() + 10, [](std::uint8_t byte) { return byte == 0; });
    if (high_zero && a[10] == 0 && a[11] == 0) {
        if (a[12] == 0 && a[13] == 0 && a[14] == 0 && a[15] <= 1)
            return a[15] == 0 ? AddressClass::unspecified : AddressClass::loopback;
        return AddressClass::embedded;
    }
    if (high_zero && a[10] == 0xff && a[11] == 0xff) return AddressClass::embedded;
    if (starts_with(a, {0x00, 0x64, 0xff, 0x9b}) || starts_with(a, {0x20, 0x02}) ||
        starts_with(a, {0x20, 0x01, 0x00, 0x00}))
        return AddressClass::embedded;
    if ((a[0] & 0xfe) == 0xfc) return AddressClass::local;
    if (a[0] == 0xfe && (a[1] & 0xc0) == 0x80) return AddressClass::link_local;
    if (a[0] == 0xfe && (a[1] & 0xc0) == 0xc0) return AddressClass::local;  // site-local, long withdrawn
    // Global unicast is 2000::/3; within it, documentation and what IETF keeps for protocols.
    if ((a[0] & 0xe0) != 0x20) return AddressClass::reserved;
    if (starts_with(a, {0x20, 0x01, 0x0d, 0xb8}) || (starts_with(a, {0x20, 0x01}) && a[2] < 2))
        return AddressClass::reserved;
    if (starts_with(a, {0x3f, 0xff}) && a[2] < 0x10) return AddressClass::reserved;
    return AddressClass::global;
}

AddressClass class_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &address, sizeof in);
        return class_of_ipv4(ntohl(in.sin_addr.s_addr));
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, &address, sizeof in);
        std::array<std::uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
        return class_of_ipv6(bytes);
    }
    return AddressClass::unknown;
}

std::optional<AddressClass> class_of(std::string_view text) {
    const std::string address(text);
    in_addr four{};
    if (inet_pton(AF_INET, address.c_str(), &four) == 1) return class_of_ipv4(ntohl(four.s_addr));
    std::array<std::uint8_t, 16> six{};
    if (inet_pton(AF_INET6, address.c_str(), six.data()) == 1) return class_of_ipv6(six);
    return std::nullopt;
}

const char* name_of(AddressClass kind) {
    switch (kind) {
        case AddressClass::global: return "public";
        case AddressClass::unspecified: return "unspecified";
        case AddressClass::loopback: return "loopback";
        case AddressClass::local: return "private";
        case AddressClass::link_local: return "link-local";
        case AddressClass::reserved: return "reserved";
        case AddressClass::embedded: return "IPv4 inside IPv6";
        case AddressClass::unknown: return "unknown";
    }
    return "unknown";
}

}  // namespace fin::outbound
