#include "outbound/address.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace fin::outbound;

namespace {

// What the IANA special-purpose address registries say about these addresses.
TEST(Address, KnowsWhatIsNotPublic) {
    const std::pair<const char*, AddressClass> cases[] = {
        {"8.8.8.8", AddressClass::global},
        {"1.1.1.1", AddressClass::global},
        {"0.0.0.0", AddressClass::unspecified},
        {"0.1.2.3", AddressClass::unspecified},
        {"10.0.0.1", AddressClass::local},
        {"172.15.255.255", AddressClass::global},
        {"172.16.0.0", AddressClass::local},
        {"172.31.255.255", AddressClass::local},
        {"172.32.0.0", AddressClass::global},
        {"192.168.1.1", AddressClass::local},
        {"100.64.0.1", AddressClass::local},
        {"100.128.0.1", AddressClass::global},
        {"127.0.0.1", AddressClass::loopback},
        {"127.255.255.254", AddressClass::loopback},
        {"169.254.169.254", AddressClass::link_local},
        {"168.63.129.16", AddressClass::link_local},
        {"100.100.100.200", AddressClass::link_local},
        {"192.0.2.7", AddressClass::reserved},
        {"198.19.0.1", AddressClass::reserved},
        {"224.0.0.1", AddressClass::reserved},
        {"255.255.255.255", AddressClass::reserved},
        {"2606:4700::1111", AddressClass::global},
        {"::", AddressClass::unspecified},
        {"::1", AddressClass::loopback},
        {"::ffff:127.0.0.1", AddressClass::embedded},
        {"::ffff:8.8.8.8", AddressClass::embedded},
        {"::127.0.0.1", AddressClass::embedded},
        {"64:ff9b::7f00:1", AddressClass::embedded},
        {"2002:7f00:1::", AddressClass::embedded},
        {"2001:0:1::1", AddressClass::embedded},
        {"fe80::1", AddressClass::link_local},
        {"febf::1", AddressClass::link_local},
        {"fec0::1", AddressClass::local},
        {"fd00:ec2::254", AddressClass::local},
        {"fc00::1", AddressClass::local},
        {"ff02::1", AddressClass::reserved},
        {"2001:db8::1", AddressClass::reserved},
        {"100::1", AddressClass::reserved},
    };
    for (const auto& [address, expected] : cases) EXPECT_EQ(class_of(std::string_view(address)), expected) << address;
}

TEST(Address, TakesNoOtherSpelling) {
    for (const char* text : {"", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "1.2.3.4 "})
        EXPECT_FALSE(class_of(std::string_view(text)).has_value()) << text;
}

TEST(Address, JudgesTheBytesOfASocketAddress) {
    sockaddr_storage storage{};
    auto& four = reinterpret_cast<sockaddr_in&>(storage);
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = htonl(0x7f000001);
    EXPECT_EQ(class_of(reinterpret_cast<sockaddr&>(storage)), AddressClass::loopback);
    storage.ss_family = AF_UNIX;
    EXPECT_EQ(class_of(reinterpret_cast<sockaddr&>(storage)), AddressClass::unknown);
    EXPECT_FALSE(is_public(AddressClass::unknown));
}

}  // namespace
