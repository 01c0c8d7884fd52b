#include "outbound/breaker.hpp"

#include <gtest/gtest.h>

using fin::outbound::Breaker;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const Breaker::Instant start{};
constexpr milliseconds moment{1};

void fail(Breaker& breaker, Breaker::Instant at, int times = Breaker::failures_to_open) {
    for (int i = 0; i < times; ++i) breaker.failed("h", at, at);
}

TEST(Breaker, OpensAfterFailuresInARowAndForOneHostOnly) {
    Breaker breaker;
    fail(breaker, start, Breaker::failures_to_open - 1);
    EXPECT_TRUE(breaker.enter("h", start).allowed);
    breaker.succeeded("h");
    fail(breaker, start, Breaker::failures_to_open - 1);
    EXPECT_TRUE(breaker.enter("h", start).allowed);
    fail(breaker, start, 1);
    const Breaker::Entry entry = breaker.enter("h", start + seconds(1));
    EXPECT_FALSE(entry.allowed);
    EXPECT_EQ(entry.pause, Breaker::first_pause - seconds(1));
    EXPECT_TRUE(breaker.enter("other", start).allowed);
}

TEST(Breaker, LetsOneTrialThroughAndClosesWhenItSucceeds) {
    Breaker breaker;
    fail(breaker, start);
    const auto later = start + Breaker::first_pause;
    EXPECT_TRUE(breaker.enter("h", later).trial);
    EXPECT_FALSE(breaker.enter("h", later + moment).allowed);
    breaker.succeeded("h");
    EXPECT_TRUE(breaker.enter("h", later + moment).allowed);
    EXPECT_FALSE(breaker.enter("h", later + moment).trial);
}

TEST(Breaker, WaitsTwiceAsLongAfterEachFailedTrialUpToALimit) {
    Breaker breaker;
    auto now = start;
    fail(breaker, now);
    std::chrono::steady_clock::duration pause = Breaker::first_pause;
    for (int i = 0; i < 10; ++i) {
        now += pause;
        ASSERT_TRUE(breaker.enter("h", now).trial) << i;
        now += moment;
        breaker.failed("h", now, now);
        pause = std::min<std::chrono::steady_clock::duration>(2 * pause, Breaker::longest_pause);
        EXPECT_EQ(breaker.enter("h", now).pause, pause) << i;
    }
}

TEST(Breaker, HearsNothingNewFromRequestsThatWereUnderWay) {
    Breaker breaker;
    fail(breaker, start);
    const auto later = start + Breaker::first_pause;
    breaker.failed("h", start, later - moment);
    ASSERT_TRUE(breaker.enter("h", later).trial);
    breaker.failed("h", start, later + moment);
    EXPECT_FALSE(breaker.enter("h", later + moment).allowed);
    EXPECT_LT(breaker.enter("h", later + moment).pause, 2 * Breaker::trial_patience);
    breaker.succeeded("h");
    EXPECT_TRUE(breaker.enter("h", later + moment).allowed);
}

TEST(Breaker, LetsAnotherTryWhenATrialIsGivenUpOrLost) {
    Breaker breaker;
    fail(breaker, start);
    const auto later = start + Breaker::first_pause;
    ASSERT_TRUE(breaker.enter("h", later).trial);
    breaker.abandoned("h");
    EXPECT_TRUE(breaker.enter("h", later + moment).trial);
    EXPECT_TRUE(breaker.enter("h", later + moment + Breaker::trial_patience).trial);
}

}  // namespace
