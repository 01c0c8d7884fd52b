// Tokens: test/data/api/jwt_tokens.json is made by test/reference/jwt_tokens.py, the first one here by RFC 7515, A.1.
#include "api/auth/jwt.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <fstream>
#include <nlohmann/json.hpp>

using fin::api::ApiError;
using fin::api::Authenticator;
using fin::api::Config;
using fin::api::Identity;
using fin::api::Request;
using Json = nlohmann::json;

namespace {

const std::string secret = "a secret of more than thirty-two characters";
constexpr std::int64_t now = 1'700'000'000;

std::string base64url(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    text.erase(text.find_last_not_of('=') + 1);
    return text;
}

std::string token(const std::string& claims, const std::string& header = R"({"alg":"HS256"})",
                  const std::string& key = secret) {
    const std::string text = base64url(header) + "." + base64url(claims);
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), mac, &size);
    return text + "." + base64url({reinterpret_cast<char*>(mac), size});
}

Config config(const std::string& jwt_secret = secret, const std::string& anonymous = "anon") {
    Config made;
    made.jwt_secret = jwt_secret;
    made.db_anon_role = anonymous;
    return made;
}

Request with(const std::string& authorization) {
    Request request;
    request.headers = {{"host", "localhost"}, {"authorization", authorization}};
    return request;
}

Identity identify(const Config& settings, const std::string& given, std::int64_t at = now) {
    return Authenticator(settings).identify(with("Bearer " + given), at);
}

struct Refusal {
    int status = 0;
    std::string code, message, challenge;
    Json details;
    bool operator==(const Refusal&) const = default;
};

Refusal refusal(const Authenticator& authenticator, const Request& request, std::int64_t at = now) {
    try {
        authenticator.identify(request, at);
    } catch (const ApiError& error) {
        return {error.status, error.code, error.message, error.headers.empty() ? "" : error.headers[0].second,
                error.details};
    }
    return {};
}

Refusal refusal(const Config& settings, const std::string& given, std::int64_t at = now) {
    return refusal(Authenticator(settings), with("Bearer " + given), at);
}

Refusal invalid(const std::string& code, const std::string& message, Json details = {}) {
    return {401, code, message, "Bearer error=\"invalid_token\", error_description=\"" + message + "\"",
            std::move(details)};
}

Json reference() {
    std::ifstream file(FIN_TEST_DATA "/api/jwt_tokens.json");
    return Json::parse(file);
}

}  // namespace

TEST(Jwt, AcceptsTheExampleOfTheStandard) {
    const std::string key =
        R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";
    const std::string given =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
        "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const Identity found = identify(config(key), given, 1'300'819'380);
    EXPECT_EQ(found.role, "anon");
    EXPECT_TRUE(found.anonymous);
    EXPECT_EQ(Json::parse(found.claims), Json::parse(R"({"iss":"joe","exp":1300819380,"http://example.com/is_root":true,
                                                         "role":"anon"})"));
}

TEST(Jwt, AcceptsEveryAlgorithmWithItsKeyOnly) {
    const Json given = reference();
    ASSERT_EQ(given["cases"].size(), 14U);
    for (const auto& one : given["cases"]) {
        const Identity found = identify(config(one["jwk"].dump()), one["token"]);
        EXPECT_EQ(found.role, "analyst") << one["alg"];
        EXPECT_FALSE(found.anonymous);
        EXPECT_EQ(Json::parse(found.claims), given["claims"]);
        std::string changed = one["token"];
        const std::size_t payload = changed.find('.') + 3;
        changed[payload] = changed[payload] == 'A' ? 'B' : 'A';
        EXPECT_EQ(refusal(config(one["jwk"].dump()), changed).code, "PGRST301") << one["alg"];
        for (const auto& other : given["cases"]) {
            if (other["jwk"] == one["jwk"]) continue;
            if (one["jwk"]["kty"] == "oct" && other["jwk"]["kty"] == "oct") continue;
            if (one["jwk"]["kty"] == "RSA" && other["jwk"]["kty"] == "RSA") continue;
            EXPECT_EQ(refusal(config(other["jwk"].dump()), one["token"]).code, "PGRST301");
        }
    }
}

TEST(Jwt, FindsTheKeyInASet) {
    const Json given = reference();
    Json set = {{"keys", Json::array()}};
    for (const auto& one : given["cases"]) set["keys"].push_back(one["jwk"]);
    set["keys"].push_back(Json{{"kty", "EC"}, {"crv", "secp256k1"}, {"x", "AA"}, {"y", "AA"}});  // of no use to us
    for (const auto& one : given["cases"]) EXPECT_EQ(identify(config(set.dump()), one["token"]).role, "analyst");
}

TEST(Jwt, ATokensKeyIdChoosesTheKey) {
    Json key = {{"kty", "oct"}, {"k", base64url(secret)}};
    const std::string named = token(R"({"role":"r"})", R"({"alg":"HS256","kid":"a"})");
    EXPECT_EQ(refusal(config(key.dump()), named),
              invalid("PGRST301", "No suitable key or wrong key type", "No suitable key was found to decode the JWT"));
    key["kid"] = "b";
    EXPECT_EQ(refusal(config(key.dump()), named).code, "PGRST301");
    EXPECT_EQ(identify(config(key.dump()), token(R"({"role":"r"})")).role, "r");  // none named: all are tried
    key["kid"] = "a";
    EXPECT_EQ(identify(config(key.dump()), named).role, "r");
}

TEST(Jwt, ThePublicKeyIsNoSecret) {
    Json rsa;
    const Json given = reference();
    for (const auto& one : given["cases"])
        if (one["alg"] == "RS256") rsa = one["jwk"];
    const std::string forged = token(R"({"role":"r"})", R"({"alg":"HS256"})", rsa.dump());
    EXPECT_EQ(refusal(config(rsa.dump()), forged).code, "PGRST301");
}

TEST(Jwt, RefusesUnsignedAndUnknownAlgorithms) {
    const std::string payload = base64url(R"({"role":"r"})");
    EXPECT_EQ(refusal(config(), base64url(R"({"alg":"none"})") + "." + payload + "."),
              invalid("PGRST301", "Wrong or unsupported encoding algorithm",
                      "JWT is unsecured but expected 'alg' was not 'none'"));
    for (const char* header : {R"({"alg":"None"})", R"({"alg":"HS257"})", R"({})", R"({"alg":5})", "[]", "x",
                               R"({"alg":"HS256","crit":["exp"]})"})
        EXPECT_EQ(refusal(config(), token(R"({"role":"r"})", header)),
                  invalid("PGRST301", "JWT cryptographic operation failed"))
            << header;
    // A text secret is for HS256 alone.
    EXPECT_EQ(refusal(config(), token(R"({"role":"r"})", R"({"alg":"HS512"})")).code, "PGRST301");
}

TEST(Jwt, SaysWhatIsWrongWithTheForm) {
    EXPECT_EQ(refusal(config(), ""), invalid("PGRST301", "Empty JWT is sent in Authorization header"));
    EXPECT_EQ(refusal(config(), "a"), invalid("PGRST301", "Expected 3 parts in JWT; got 1"));
    EXPECT_EQ(refusal(config(), "a.b.c.d"), invalid("PGRST301", "Expected 3 parts in JWT; got 4"));
    EXPECT_EQ(refusal(config(), "a$.b.c"), invalid("PGRST301", "JWT cryptographic operation failed"));
    EXPECT_EQ(refusal(config(), token(R"({"role":"r"})", R"({"alg":"HS256"})", secret + "x")),
              invalid("PGRST301", "No suitable key or wrong key type", "None of the keys was able to decode the JWT"));
    EXPECT_EQ(refusal(config(), token("[1]")), invalid("PGRST303", "Parsing claims failed"));
    EXPECT_EQ(refusal(config(), token("{")), invalid("PGRST303", "Parsing claims failed"));
    EXPECT_EQ(refusal(config(), token(std::string(200, '[') + std::string(200, ']'))),
              invalid("PGRST303", "Parsing claims failed"));
    EXPECT_EQ(refusal(config(""), token("{}")).code, "PGRST300");
    EXPECT_EQ(refusal(config(""), token("{}")).status, 500);
}

TEST(Jwt, TimesMayDifferByHalfAMinute) {
    const auto outcome = [](const std::string& claims) { return refusal(config(), token(claims)).message; };
    EXPECT_EQ(outcome(R"({"role":"r","exp":1699999970})"), "");
    EXPECT_EQ(outcome(R"({"role":"r","exp":1699999969})"), "JWT expired");
    EXPECT_EQ(outcome(R"({"role":"r","exp":1699999969.9})"), "JWT expired");
    EXPECT_EQ(outcome(R"({"role":"r","nbf":1700000030})"), "");
    EXPECT_EQ(outcome(R"({"role":"r","nbf":1700000031})"), "JWT not yet valid");
    EXPECT_EQ(outcome(R"({"role":"r","iat":1700000030})"), "");
    EXPECT_EQ(outcome(R"({"role":"r","iat":1700000031})"), "JWT issued at future");
    EXPECT_EQ(outcome(R"({"role":"r","exp":null,"nbf":null})"), "");
    EXPECT_EQ(outcome(R"({"exp":"x"})"), "The JWT 'exp' claim must be a number");
    EXPECT_EQ(outcome(R"({"nbf":"x"})"), "The JWT 'nbf' claim must be a number");
    EXPECT_EQ(outcome(R"({"iat":"x"})"), "The JWT 'iat' claim must be a number");
    EXPECT_EQ(outcome(R"({"exp":1e300})"), "JWT expired");
    EXPECT_EQ(outcome(R"({"nbf":18446744073709551615})"), "");
}

TEST(Jwt, TheAudienceIsATextOrSeveral) {
    const auto outcome = [](const std::string& aud, const std::string& wanted) {
        Config settings = config();
        settings.jwt_aud = wanted;
        return refusal(settings, token(R"({"role":"r","aud":)" + aud + "}")).message;
    };
    const std::string wrong_type = "The JWT 'aud' claim must be a string or an array of strings";
    for (const char* accepted : {"null", "[]", R"("us")", R"(["them","us"])"}) EXPECT_EQ(outcome(accepted, "us"), "");
    for (const char* others : {R"("them")", R"(["them"])", R"("")"})
        EXPECT_EQ(outcome(others, "us"), "JWT not in audience");
    for (const char* anything : {R"("them")", R"(["them"])", "null"}) EXPECT_EQ(outcome(anything, ""), "");
    for (const char* wrong : {"1", "{}", R"(["us",1])"}) {
        EXPECT_EQ(outcome(wrong, "us"), wrong_type);
        EXPECT_EQ(outcome(wrong, ""), wrong_type);
    }
}

TEST(Jwt, WithoutATokenTheAnonymousRoleSpeaks) {
    const Authenticator open(config());
    for (const char* header : {"", "Basic YTpi", "Token x", "Bearerx y"}) {
        const Identity found = open.identify(with(header), now);
        EXPECT_EQ(found.role, "anon");
        EXPECT_TRUE(found.anonymous);
        EXPECT_EQ(found.claims, R"({"role":"anon"})");
    }
    const Authenticator closed(config(secret, ""));
    const Refusal required{401, "PGRST302", "Anonymous access is disabled", "Bearer", nullptr};
    EXPECT_EQ(refusal(closed, Request()), required);
    EXPECT_EQ(refusal(closed, with("Bearer " + token(R"({"sub":"1"})"))), required);
    EXPECT_EQ(closed.identify(with("bearer  " + token(R"({"role":"r"})") + " "), now).role, "r");
}

TEST(Jwt, TwoTokensAreNoToken) {
    Request request = with("Bearer " + token(R"({"role":"r"})"));
    request.headers.push_back(request.headers.back());
    EXPECT_EQ(refusal(Authenticator(config()), request).code, "PGRST301");
}

TEST(Jwt, TheRoleComesFromTheConfiguredPlace) {
    Config settings = config();
    settings.jwt_role_claim_key = "$.app.roles[1]";
    const Identity found = identify(settings, token(R"({"role":"r","app":{"roles":["a","b"]}})"));
    EXPECT_EQ(found.role, "b");
    EXPECT_EQ(Json::parse(found.claims)["role"], "b");
    EXPECT_EQ(identify(settings, token(R"({"role":"r"})")).role, "anon");
    EXPECT_EQ(identify(config(), token(R"({"role":{"a":1}})")).role, R"({"a":1})");
}

TEST(Jwt, TheAnonymousRoleOfATokenIsAnonymousToo) {
    EXPECT_TRUE(identify(config(), token(R"({"role":"anon"})")).anonymous);
    EXPECT_FALSE(identify(config(), token(R"({"role":"Anon"})")).anonymous);
}

TEST(Jwt, TheCacheRemembersSignaturesAndChecksTimesAgain) {
    const Authenticator authenticator(config());
    const Request request = with("Bearer " + token(R"({"role":"r","exp":1700000000})"));
    EXPECT_EQ(authenticator.identify(request, now).role, "r");
    EXPECT_EQ(authenticator.identify(request, now).role, "r");
    EXPECT_EQ(refusal(authenticator, request, now + 31).message, "JWT expired");
    EXPECT_EQ(authenticator.cache_counts().requests, 3U);
    EXPECT_EQ(authenticator.cache_counts().hits, 2U);
    const Request forged = with("Bearer " + token(R"({"role":"r"})", R"({"alg":"HS256"})", secret + "x"));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(refusal(authenticator, forged).code, "PGRST301");
    EXPECT_EQ(authenticator.cache_counts().hits, 2U);
}

TEST(Jwt, TheCacheIsBoundedAndKeepsWhatIsUsed) {
    Config settings = config();
    settings.jwt_cache_max_entries = 4;
    const Authenticator authenticator(settings);
    const auto ask = [&](int number) {
        return authenticator.identify(with("Bearer " + token(R"({"role":"r)" + std::to_string(number) + "\"}")), now)
            .role;
    };
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(ask(1000), "r1000");  // used between all others: it stays
        EXPECT_EQ(ask(i), "r" + std::to_string(i));
    }
    EXPECT_EQ(authenticator.cache_counts().hits, 99U);
    EXPECT_EQ(authenticator.cache_counts().evictions, 97U);
    settings.jwt_cache_max_entries = 0;
    const Authenticator forgetful(settings);
    for (int i = 0; i < 2; ++i) forgetful.identify(with("Bearer " + token(R"({"role":"r"})")), now);
    EXPECT_EQ(forgetful.cache_counts().hits, 0U);
}
