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

TEST_F(RouteCredentials, CookiesNeedTheCsrfTokenToWrite) {
    const std::string both = "a=b; fin_access=token; fin_csrf=xyz";
    // The sample authenticator has no key: 500 says that the token was looked at.
    EXPECT_EQ(ask("GET", {{"cookie", both}}), "500 PGRST300");
    EXPECT_EQ(ask("POST", {{"cookie", both}, {"x-csrf-token", "xyz"}}), "500 PGRST300");
    EXPECT_EQ(ask("POST", {{"cookie", both}}), "403 FIN403");
    EXPECT_EQ(ask("DELETE", {{"cookie", both}, {"x-csrf-token", "xyZ"}}), "403 FIN403");
    EXPECT_EQ(ask("PATCH", {{"cookie", both}, {"x-csrf-token", "xy"}}), "403 FIN403");
    EXPECT_EQ(ask("POST", {{"cookie", "fin_access=token"}, {"x-csrf-token", ""}}), "403 FIN403");
    EXPECT_EQ(ask("POST", {{"cookie", "fin_access=token; fin_csrf="}, {"x-csrf-token", ""}}), "403 FIN403");
    EXPECT_EQ(ask("GET", {{"cookie", "fin_access=token"}, {"cookie", "fin_access=other"}}), "400 FIN400");
    EXPECT_EQ(ask("POST", {{"cookie", "fin_access="}}), "nobody ");
    EXPECT_EQ(ask("POST", {{"cookie", both}, {"authorization", "Bearer fin_a_b"}}), "fin_user fin_a_b");
}

TEST(RouteCredentialsOfSessions, TheCsrfTokenIsTheOneMadeForTheSession) {
    // From Python: HMAC-SHA-256 under the secret, of the token's text and of "pg_fin csrf <sid>".
    const std::string secret = "a secret that is long enough for HS256";
    const std::string token =
        "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiZmluX3VzZXIiLCJzaWQiOiI1ZTU1In0.6twZidx-pKE_Ish4YdX1XtXnQfZWsFqgY2aYvTfnJ2I";
    const std::string csrf = "kcPhejO_dOimp5_kbwhk1jbyUqZVyMo742Drm7SmrUM";
    Config config;
    config.jwt_secret = secret;
    const Authenticator authenticator(config);
    const auto status = [&](const std::string& method, const std::string& half, const std::string& other) {
        Request request;
        request.method = method;
        request.headers = {{"cookie", "fin_access=" + token + "; fin_csrf=" + half}, {"x-csrf-token", other}};
        try {
            identify(request, authenticator, "fin", 0);
            return 200;
        } catch (const ApiError& error) {
            return error.status;
        }
    };
    EXPECT_EQ(status("POST", csrf, csrf), 200);
    EXPECT_EQ(status("GET", "x", "x"), 200);
    EXPECT_EQ(status("POST", "x", "x"), 403) << "both halves set by a neighbour";
    EXPECT_EQ(status("POST", csrf, "x"), 403);
    EXPECT_EQ(status("POST", "AAAA" + csrf.substr(4), "AAAA" + csrf.substr(4)), 403);
}

}  // namespace
}  // namespace fin::api::routes
