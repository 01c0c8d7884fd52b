#include "outbound/retry.hpp"

#include <gtest/gtest.h>

using namespace fin::outbound;

namespace {

TEST(Retry, FollowsTheStatusUnlessTheServiceSaysOtherwise) {
    for (const long status : {408L, 409L, 429L, 500L, 502L, 503L, 504L, 529L})
        EXPECT_TRUE(is_worth_another(status, {})) << status;
    for (const long status : {200L, 301L, 400L, 401L, 403L, 404L, 410L, 422L, 499L})
        EXPECT_FALSE(is_worth_another(status, {})) << status;
    EXPECT_FALSE(is_worth_another(503, {{"x-should-retry", "false"}}));
    EXPECT_TRUE(is_worth_another(400, {{"stripe-should-retry", "true"}}));
    EXPECT_TRUE(is_worth_another(503, {{"x-should-retry", "perhaps"}}));
}

// The example of RFC 9110, 5.6.7, in its three forms: 784111777 seconds since 1970.
TEST(Retry, ReadsDatesInEveryFormOfHttp) {
    EXPECT_EQ(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
    EXPECT_EQ(http_date("Sunday, 06-Nov-94 08:49:37 GMT"), 784111777);
    EXPECT_EQ(http_date("Sun Nov  6 08:49:37 1994"), 784111777);
    EXPECT_EQ(http_date("Thu, 29 Feb 2024 23:59:59 GMT"), 1709251199);
    for (const char* text :
         {"", "soon", "Sun, 06 Nov 1994 08:49:37 EST", "Sun, 31 Feb 2024 00:00:00 GMT", "Sun, 06 Nov 1994 25:00:00 GMT",
          "Sun, 06 Xyz 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT!"})
        EXPECT_EQ(http_date(text), std::nullopt) << text;
}

TEST(Retry, WaitsAsLongAsTheServiceAsks) {
    EXPECT_DOUBLE_EQ(retry_after({{"retry-after", "7"}}, 0).value(), 7);
    EXPECT_DOUBLE_EQ(retry_after({{"retry-after", " 1.5 "}}, 0).value(), 1.5);
    EXPECT_DOUBLE_EQ(retry_after({{"retry-after-ms", "250"}, {"retry-after", "7"}}, 0).value(), 0.25);
    EXPECT_DOUBLE_EQ(retry_after({{"retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"}}, 784111777 - 30).value(), 30);
    EXPECT_DOUBLE_EQ(retry_after({{"retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"}}, 784111777 + 30).value(), 0);
    for (const char* text : {"-1", "inf", "nan", "7 s", "", "0x10"})
        EXPECT_EQ(retry_after({{"retry-after", text}}, 0), std::nullopt) << text;
    EXPECT_EQ(retry_after({}, 0), std::nullopt);
}

TEST(Retry, BacksOffFurtherEachTimeAndNotAllAlike) {
    for (int repetition = 1; repetition <= 12; ++repetition) {
        const double full = repetition <= 4 ? 0.5 * (1 << (repetition - 1)) : 8;
        bool spread = false;
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            const double pause = backoff(repetition, seed);
            EXPECT_LE(pause, full);
            EXPECT_GE(pause, 0.75 * full);
            EXPECT_EQ(pause, backoff(repetition, seed));
            spread = spread || pause < 0.9 * full;
        }
        EXPECT_TRUE(spread);
    }
}

}  // namespace
