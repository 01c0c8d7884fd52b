#include "outbound/hosts.hpp"

#include <gtest/gtest.h>

#include "error.hpp"

using fin::outbound::HostList;

namespace {

TEST(HostList, AllowsWhatIsListedAndNothingElse) {
    const HostList list = HostList::parse(" api.example.com, *.example.org ,127.0.0.1:8080,[2001:db8::1]:443, ::1");
    EXPECT_TRUE(list.allows("api.example.com", 443));
    EXPECT_TRUE(list.allows("API.Example.COM.", 80));
    EXPECT_FALSE(list.allows("example.com", 443));
    EXPECT_FALSE(list.allows("xapi.example.com", 443));
    EXPECT_FALSE(list.allows("api.example.com.evil.net", 443));
    EXPECT_TRUE(list.allows("a.b.example.org", 443));
    EXPECT_FALSE(list.allows("example.org", 443));
    EXPECT_FALSE(list.allows("badexample.org", 443));
    EXPECT_FALSE(list.allows(".example.org", 443));
    EXPECT_TRUE(list.allows("127.0.0.1", 8080));
    EXPECT_FALSE(list.allows("127.0.0.1", 80));
    EXPECT_TRUE(list.allows("[2001:db8::1]", 443));
    EXPECT_FALSE(list.allows("2001:db8::1", 80));
    EXPECT_TRUE(list.allows("::1", 1));
}

TEST(HostList, AllowsNothingWhenEmpty) {
    EXPECT_FALSE(HostList::parse("").allows("example.com", 443));
    EXPECT_FALSE(HostList::parse(" , ").allows("", 443));
}

TEST(HostList, RefusesEntriesThatMeanSomethingElse) {
    for (const char* text : {"*", "*.com", "https://example.com", "example.com/path", "exa mple.com", "a.com:0",
                             "a.com:x", "a.com:70000", ".example.com", "*.", "user@example.com"})
        EXPECT_THROW((void)HostList::parse(text), fin::Error) << text;
}

}  // namespace
