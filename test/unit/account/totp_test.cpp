// One-time codes against the vectors of RFC 4226 (appendix D), RFC 6238 (appendix B) and RFC 4648 (section 10).
#include "account/totp.hpp"

#include <gtest/gtest.h>

using namespace fin::account;

namespace {

const std::string key = "12345678901234567890";

TEST(Hotp, AgreesWithRfc4226) {
    const std::vector<std::string> codes = {"755224", "287082", "359152", "969429", "338314",
                                            "254676", "287922", "162583", "399871", "520489"};
    for (std::size_t i = 0; i < codes.size(); ++i) EXPECT_EQ(hotp(key, i), codes[i]) << i;
}

TEST(Totp, AgreesWithRfc6238) {
    const std::string key256 = "12345678901234567890123456789012";
    const std::string key512 = "1234567890123456789012345678901234567890123456789012345678901234";
    struct Row {
        std::uint64_t time;
        const char *sha1, *sha256, *sha512;
    };
    const Row rows[] = {
        {59, "94287082", "46119246", "90693936"},         {1111111109, "07081804", "68084774", "25091201"},
        {1111111111, "14050471", "67062674", "99943326"}, {1234567890, "89005924", "91819424", "93441116"},
        {2000000000, "69279037", "90698825", "38618901"}, {20000000000, "65353130", "77737706", "47863826"}};
    for (const Row& row : rows) {
        EXPECT_EQ(hotp(key, row.time / 30, 8), row.sha1) << row.time;
        EXPECT_EQ(hotp(key256, row.time / 30, 8, Digest::sha256), row.sha256) << row.time;
        EXPECT_EQ(hotp(key512, row.time / 30, 8, Digest::sha512), row.sha512) << row.time;
    }
}

TEST(Totp, AcceptsTheStepBeforeAndTheStepAfterAndNoOther) {
    EXPECT_EQ(totp_step(key, "287082", 59), 1);
    EXPECT_EQ(totp_step(key, "287082", 29), 1);
    EXPECT_EQ(totp_step(key, "287082", 60), 1);
    EXPECT_EQ(totp_step(key, "287082", 89), 1);
    EXPECT_EQ(totp_step(key, "287082", 90), std::nullopt);
    EXPECT_EQ(totp_step(key, hotp(key, 100), 98 * 30), std::nullopt);
}

TEST(Totp, RefusesWhatIsNoCode) {
    for (const char* const code : {"", "28708", "2870820", "28708x", "94287082", "287083"})
        EXPECT_EQ(totp_step(key, code, 59), std::nullopt) << code;
    EXPECT_EQ(totp_step("12345678901234567891", "287082", 59), std::nullopt);
}

TEST(Base32, AgreesWithRfc4648) {
    const std::pair<const char*, const char*> rows[] = {{"", ""},
                                                        {"f", "MY"},
                                                        {"fo", "MZXQ"},
                                                        {"foo", "MZXW6"},
                                                        {"foob", "MZXW6YQ"},
                                                        {"fooba", "MZXW6YTB"},
                                                        {"foobar", "MZXW6YTBOI"}};
    for (const auto& [bytes, text] : rows) {
        EXPECT_EQ(base32(bytes), text);
        EXPECT_EQ(from_base32(text), bytes);
    }
    EXPECT_EQ(base32(key), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    EXPECT_EQ(from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq"), key);
    EXPECT_EQ(from_base32("MZXW6==="), "foo");
    EXPECT_EQ(from_base32("MZXW1"), std::nullopt);
}

}  // namespace
