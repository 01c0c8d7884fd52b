#include "api/routes/credentials.hpp"

namespace fin::api::routes {
namespace {

class RouteCredentials : public ::testing::Test {
protected:
    static Config settings() {
        Config config;
        config.db_anon_role = "nobody";
        return config;
    }
    // "role key", or the status it is refused with.
    std::string ask(const std::string& method, const Headers& headers) {
        Request request;
        request.method = method;
        request.headers = headers;
        try {
            const Identity identity = identify(request, authenticator, "fin", 0);
            return identity.role + " " + identity.key;
        } catch (const ApiError& error) {
            return std::to_string(error.status) + " " + error.code;
        }
    }
    const Config config = settings();
    const Authenticator authenticator{config};
};

TEST_F(RouteCredentials, ApiKeys) {
    EXPECT_EQ(ask("GET", {}), "nobody ");
    EXPECT_EQ(ask("GET", {{"authorization", "Bearer fin_a_b"}}), "fin_user fin_a_b");
    EXPECT_EQ(ask("POST", {{"authorization", "bearer  fin_a_b "}}), "fin_user fin_a_b");
    EXPECT_EQ(ask("GET", {{"authorization", "Bearer fin_" + std::string(300, 'x')}}), "401 FIN401");
    // Two of them, or something that only looks alike, is the authenticator's to refuse.
    EXPECT_EQ(ask("GET", {{"authorization", "Bearer fin_a_b"}, {"authorization", "Bearer fin_a_b"}}).substr(0, 3),
              "401");
    EXPECT_EQ(ask("GET", {{"authorization", "Bearer fin_a.b.c"}}), "500 PGRST300");
    EXPECT_EQ(ask("GET", {{"authorization", "Basic fin_a_b"}}), "nobody ");
}

TEST_F(RouteCredentials, TheSecretIsNotInTheClaims) {
    Request request;
    request.headers = {{"authorization", "Bearer fin_id_secret"}};
    const Identity identity = identify(request, authenticator, "fin", 0);
    EXPECT_EQ(identity.claims, R"({"key":"fin_id","role":"fin_user"})");
    EXPECT_EQ(identity.key_schema, "fin");
    EXPECT_FALSE(identity.anonymous);
}

TEST_F(RouteCredentials, CookiesAreTokens) {
    const std::string both = "a=b; fin_access=token; fin_csrf=xyz";
    // The sample authenticator has no key: 500 says that the token was looked at.
    EXPECT_EQ(ask("GET", {{"cookie", both}}), "500 PGRST300");
    EXPECT_EQ(ask("POST", {{"cookie", both}, {"x-csrf-token", "xyz"}}), "500 PGRST300");
    EXPECT_EQ(ask("GET", {{"cookie", "fin_access=token"}, {"cookie", "fin_access=other"}}), "400 FIN400");
    EXPECT_EQ(ask("POST", {{"cookie", "fin_access="}}), "nobody ");
    EXPECT_EQ(ask("POST", {{"cookie", both}, {"authorization", "Bearer fin_a_b"}}), "fin_user fin_a_b");
}

// Signed by test/reference/csrf_cookie.py, as its CSRF tokens are.
class RouteCookies : public ::testing::Test {
protected:
    static Config settings() {
        Config config;
        config.db_anon_role = "nobody";
        config.jwt_secret = "0123456789abcdef0123456789abcdef";
        return config;
    }
    int ask(const std::string& method, const std::string& token, const std::string& in_cookie,
            const std::string& in_header) {
        Request request;
        request.method = method;
        request.headers = {{"cookie", "fin_access=" + token + "; fin_csrf=" + in_cookie}, {"x-csrf-token", in_header}};
        try {
            return identify(request, authenticator, "fin", 0).role == "fin_user" ? 200 : 401;
        } catch (const ApiError& error) {
            return error.status;
        }
    }
    const Config config = settings();
    const Authenticator authenticator{config};
    const std::string token =
        "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiZmluX3VzZXIiLCJzaWQiOiJjMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEifQ."
        "XH1wiahaU3mETN6CpvKco09C4C8NPI3Sabolse04Io4";
    const std::string sessionless =
        "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiZmluX3VzZXIifQ.wErCzZ6SPRyQKGH3A1X1sRTpqmmlAXTTAEs0dVxrNPo";
    const std::string own = "ywvE5HQtGVBNDddr8Gw8LDjrPknitV647XQZtVWm3hw",
                      other = "6AocLc5-DL3t3rco5yiSDasFQnAojj7WX_rEWJygyMc";
};

TEST_F(RouteCookies, ReadWithoutACsrfToken) {
    EXPECT_EQ(ask("GET", token, "", ""), 200);
    EXPECT_EQ(ask("HEAD", token, "", ""), 200);
}

TEST_F(RouteCookies, WriteWithTheOneOfTheirSession) {
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
        EXPECT_EQ(ask(method, token, own, own), 200);
        EXPECT_EQ(ask(method, token, own, ""), 403);
        EXPECT_EQ(ask(method, token, "", own), 403);
        EXPECT_EQ(ask(method, token, "", ""), 403);
        EXPECT_EQ(ask(method, token, "mine", "mine"), 403) << "a neighbouring site may have set both";
        EXPECT_EQ(ask(method, token, other, other), 403) << "of another session";
        EXPECT_EQ(ask(method, token, own.substr(1), own.substr(1)), 403);
        EXPECT_EQ(ask(method, sessionless, own, own), 403);
    }
}

}  // namespace
}  // namespace fin::api::routes
