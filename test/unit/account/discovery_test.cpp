// Configuration documents of providers: which are used, and which would lead somewhere else.
#include "account/discovery.hpp"

#include <gtest/gtest.h>

#include "error.hpp"

using namespace fin::account;
using nlohmann::json;

namespace {

const std::string issuer = "https://id.example.org";

json document() {
    return {{"issuer", issuer},
            {"authorization_endpoint", issuer + "/auth"},
            {"token_endpoint", issuer + "/token"},
            {"jwks_uri", issuer + "/jwks"},
            {"userinfo_endpoint", issuer + "/me"}};
}

std::string refusal_of(const json& given, const std::string& hosts = "", const std::string& configured = issuer) {
    try {
        read_discovery(given, configured, fin::outbound::HostList::parse(hosts));
    } catch (const fin::Error& error) {
        return error.what();
    }
    return {};
}

TEST(Discovery, NamesTheEndpoints) {
    const Endpoints endpoints = read_discovery(document(), issuer, {});
    EXPECT_EQ(endpoints.authorization, issuer + "/auth");
    EXPECT_EQ(endpoints.token, issuer + "/token");
    EXPECT_EQ(endpoints.keys, issuer + "/jwks");
    EXPECT_EQ(endpoints.userinfo, issuer + "/me");
    EXPECT_FALSE(endpoints.secret_in_body);
    json other = document();
    other.erase("userinfo_endpoint");
    other["token_endpoint_auth_methods_supported"] = {"client_secret_post"};
    EXPECT_EQ(read_discovery(other, issuer, {}).userinfo, "");
    EXPECT_TRUE(read_discovery(other, issuer, {}).secret_in_body);
}

TEST(Discovery, RefusesWhatLeadsElsewhere) {
    for (const char* name : {"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"}) {
        for (const char* url :
             {"https://evil.example/x", "http://id.example.org/x", "https://id.example.org:8443/x",
              "https://id.example.org@evil.example/", "https://evil.example\\@id.example.org/", "//id.example.org/x",
              "ftp://id.example.org/", "https:///x", "https://id.example.org/ x", "https://id.example.org/#x",
              "https://id.example.org.evil.example/"}) {
            json changed = document();
            changed[name] = url;
            EXPECT_NE(refusal_of(changed), "") << name << ' ' << url;
        }
    }
    for (const char* name : {"authorization_endpoint", "token_endpoint", "jwks_uri"}) {
        json changed = document();
        changed.erase(name);
        EXPECT_NE(refusal_of(changed).find("is missing"), std::string::npos);
    }
    json changed = document();
    changed["issuer"] = issuer + "/";
    EXPECT_NE(refusal_of(changed).find("another issuer"), std::string::npos);
    EXPECT_NE(refusal_of(json::array()), "");
}

TEST(Discovery, HostsThatTheOperatorListedMayServe) {
    json google = document();
    google["token_endpoint"] = "https://oauth2.example.com/token";
    EXPECT_NE(refusal_of(google), "");
    EXPECT_EQ(refusal_of(google, "oauth2.example.com"), "");
    EXPECT_EQ(refusal_of(google, "*.example.com"), "");
    EXPECT_NE(refusal_of(google, "oauth2.example.com:8443"), "");
}

TEST(Discovery, MicrosoftsTemplateBelongsToItsCommonIssuer) {
    const std::string common = "https://login.microsoftonline.com/common/v2.0";
    json microsoft = document();
    for (auto& [name, value] : microsoft.items())
        value = name == "issuer" ? "https://login.microsoftonline.com/{tenantid}/v2.0"
                                 : "https://login.microsoftonline.com/common/" + name;
    EXPECT_EQ(read_discovery(microsoft, common, {}).issuer, "https://login.microsoftonline.com/{tenantid}/v2.0");
    EXPECT_NE(refusal_of(microsoft, "", "https://login.microsoftonline.com/9188040d/v2.0"), "");
    microsoft["issuer"] = "https://evil.example/{tenantid}/v2.0";
    EXPECT_NE(refusal_of(microsoft, "", common), "");
}

TEST(Discovery, PlainHttpOnlyForAnIssuerThatIsSo) {
    json inside = document();
    for (auto& [name, value] : inside.items()) value = "http://localhost:3000/" + name;
    inside["issuer"] = "http://localhost:3000";
    EXPECT_EQ(refusal_of(inside, "", "http://localhost:3000"), "");
}

TEST(Discovery, WordsOfRequests) {
    EXPECT_EQ(discovery_url("https://a.example/x/"), "https://a.example/x/.well-known/openid-configuration");
    EXPECT_EQ(form_encoded("a b+c/ж~"), "a%20b%2Bc%2F%D0%B6~");
    // RFC 7617 section 2, whose password needs no encoding.
    EXPECT_EQ(basic_credentials("Aladdin", "opensesame"), "Basic QWxhZGRpbjpvcGVuc2VzYW1l");
    EXPECT_EQ(basic_credentials("a:b", "c d"), "Basic YSUzQWI6YyUyMGQ=");  // a%3Ab:c%20d
}

}  // namespace
