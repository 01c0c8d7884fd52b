// Signed tokens and CSRF tokens against those of another implementation (test/reference/tokens.py).
#include "account/token.hpp"

#include <gtest/gtest.h>

#include "error.hpp"

using namespace fin::account;

namespace {

// Appendix A.1.1 of RFC 7515.
const std::string rfc_key =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";

// Made by test/reference/tokens.py with Python's hmac module.
constexpr const char* text_token =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIiwicm9sZSI6ImZpbl91c2VyIn0.Y-"
    "flCGhE9luc8pleNX7GVUYOy56ERFdBMOFDI1jIAcs";
constexpr const char* jwk_token =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIiwicm9sZSI6ImZpbl91c2VyIn0.aDSRc1JbNr1JGdX4L3X7sD71OUZwv1n1-"
    "eEzY3Eq2PA";
constexpr const char* set_token =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6Im5ldyIsInR5cCI6IkpXVCJ9.e30.-pxY_AijqCXE8tG8jQ72olAfeQTYiyA9Grlknkb7QNY";
constexpr const char* csrf_of_one = "UkRgKHW8L93SBWK_2BQ3EC7Vi5f6eI87M9A3ersXO9g";

TEST(TokenText, AgreesWithRfc4648) {
    EXPECT_EQ(base64url(""), "");
    EXPECT_EQ(base64url("f"), "Zg");
    EXPECT_EQ(base64url("fo"), "Zm8");
    EXPECT_EQ(base64url("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64url("\xfb\xff\xbf"), "-_-_");
}

TEST(SigningKey, SignsAsTheReferenceDoes) {
    const std::string claims = R"({"sub":"1","role":"fin_user"})";
    EXPECT_EQ(SigningKey::parse("0123456789abcdef0123456789abcdef\n").sign(claims), text_token);
    EXPECT_EQ(SigningKey::parse(rfc_key).sign(claims), jwk_token);
}

TEST(SigningKey, TheFirstKeyOfASetSignsAndIsNamed) {
    const std::string set = R"({"keys":[{"kty":"oct","kid":"new","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"},)"
                            R"({"kty":"oct","kid":"old","k":"ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA"}]})";
    EXPECT_EQ(SigningKey::parse(set).sign("{}"), set_token);
}

TEST(SigningKey, BindsTheCsrfTokenToTheSession) {
    const SigningKey key = SigningKey::parse("0123456789abcdef0123456789abcdef");
    EXPECT_EQ(key.csrf("00000000-0000-4000-8000-000000000001"), csrf_of_one);
    EXPECT_NE(key.csrf("00000000-0000-4000-8000-000000000001"), key.csrf("00000000-0000-4000-8000-000000000002"));
}

TEST(SigningKey, RefusesWeakAndForeignKeysWithoutShowingThem) {
    for (const std::string text :
         {"", "secret", "0123456789abcdef0123456789abcde\n", R"({"kty":"oct","k":"c2VjcmV0"})",
          R"({"kty":"RSA","n":"AQAB","e":"AQAB"})", R"({"keys":[]})", R"({"kty":"oct","alg":"HS512","k":"c2VjcmV0"})",
          R"({"kty": "oct", "k": "secret )", R"({"kty":"oct","k":"*secret*"})"})
        try {
            (void)SigningKey::parse(text);
            ADD_FAILURE() << text;
        } catch (const fin::Error& error) {
            EXPECT_EQ(error.code, fin::ErrorCode::bad_data);
            EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
        }
}

}  // namespace
