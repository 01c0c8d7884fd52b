// Trusted proxies: whose word on the client's address counts, and which of several.
#include "api/request/proxies.hpp"

#include <stdexcept>

using namespace fin::api;

namespace {

std::string client(const std::vector<std::string>& trusted, const std::string& peer,
                   const std::vector<std::string>& said) {
    Request request;
    for (const auto& value : said) request.headers.emplace_back("x-forwarded-for", value);
    return Proxies(trusted).client(request, peer);
}

TEST(Proxies, NobodyIsBelievedWithoutTheSetting) {
    EXPECT_EQ(client({}, "127.0.0.1", {"198.51.100.4"}), "127.0.0.1");
    EXPECT_EQ(client({}, "unix", {"198.51.100.4"}), "unix");
    EXPECT_EQ(client({"10.0.0.1"}, "10.0.0.2", {"198.51.100.4"}), "10.0.0.2") << "anybody can write that header";
}

TEST(Proxies, TheLastEntryCountsUnlessItIsAProxyToo) {
    EXPECT_EQ(client({"127.0.0.1"}, "127.0.0.1", {"1.2.3.4, 198.51.100.4"}), "198.51.100.4");
    EXPECT_EQ(client({"127.0.0.1"}, "127.0.0.1", {"1.2.3.4", "198.51.100.4"}), "198.51.100.4")
        << "two headers are one list";
    EXPECT_EQ(client({"10.0.0.0/8"}, "10.1.1.1", {"9.9.9.9, 198.51.100.4, 10.2.2.2"}), "198.51.100.4");
    EXPECT_EQ(client({"10.0.0.0/8"}, "10.1.1.1", {"10.3.3.3, 10.2.2.2"}), "10.3.3.3");
    EXPECT_EQ(client({"unix"}, "unix", {"2001:db8::7"}), "2001:db8::7");
    EXPECT_EQ(client({"unix"}, "unix", {}), "unix");
}

TEST(Proxies, WhatIsNoAddressIsNotTaken) {
    for (const char* text : {"", "unknown", "1.2.3.4:80", "<script>", "198.51.100.4, ", "_hidden"})
        EXPECT_EQ(client({"127.0.0.1"}, "127.0.0.1", {text}), "127.0.0.1") << text;
    EXPECT_EQ(client({"127.0.0.1"}, "127.0.0.1", {"198.51.100.4, unknown"}), "127.0.0.1");
}

TEST(Proxies, Networks) {
    EXPECT_EQ(client({"192.0.2.128/25"}, "192.0.2.200", {"198.51.100.4"}), "198.51.100.4");
    EXPECT_EQ(client({"192.0.2.128/25"}, "192.0.2.100", {"198.51.100.4"}), "192.0.2.100");
    EXPECT_EQ(client({"2001:db8::/32"}, "2001:db8:5::1", {"198.51.100.4"}), "198.51.100.4");
    EXPECT_EQ(client({"2001:db8::/32"}, "2001:db9::1", {"198.51.100.4"}), "2001:db9::1");
    EXPECT_EQ(client({"127.0.0.1"}, "::ffff:127.0.0.1", {"198.51.100.4"}), "198.51.100.4") << "the same address";
    EXPECT_EQ(client({"0.0.0.0/0"}, "2001:db8::1", {"198.51.100.4"}), "2001:db8::1");
    for (const char* wrong :
         {"localhost", "10.0.0.0/33", "10.0.0/8", "::1/129", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/8/8"})
        EXPECT_THROW(Proxies({wrong}), std::invalid_argument) << wrong;
    EXPECT_TRUE(Proxies({""}).empty());
}

}  // namespace
