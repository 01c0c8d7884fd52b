// Lag of a standby, and whose reads must wait for it.
#include "api/database/replica.hpp"

#include "api/database/backoff.hpp"
#include "api/database/exchange.hpp"
#include "api/server/handler.hpp"

namespace fin::api {
namespace {

using std::chrono::milliseconds;

TEST(Lag, IsTheAgeOfTheNewestReplayedPosition) {
    Lag lag;
    const Lag::Time start{};
    const auto at = [&](int ms) { return start + milliseconds(ms); };
    EXPECT_EQ(lag.at(at(0)), milliseconds::max());
    lag.primary_at(at(0), 100);
    lag.replayed(50);
    EXPECT_EQ(lag.at(at(10)), milliseconds::max()) << "how long ago the primary was at 50 nobody knows";
    lag.primary_at(at(100), 200);
    lag.replayed(150);
    EXPECT_EQ(lag.at(at(110)), milliseconds(110)) << "at 100 it was at the start";
    lag.replayed(200);
    EXPECT_EQ(lag.at(at(110)), milliseconds(10));
    lag.primary_at(at(5000), 200);
    EXPECT_EQ(lag.at(at(5010)), milliseconds(10)) << "a primary that stands still does not leave the standby behind";
    lag.primary_at(at(6000), 300);
    lag.primary_at(at(7000), 400);
    lag.replayed(300);
    EXPECT_EQ(lag.at(at(7500)), milliseconds(1500));
}

TEST(Lag, StaysSmallWhenTheStandbyStandsStill) {
    Lag lag;
    lag.primary_at(Lag::Time{}, 1);
    lag.replayed(1);
    for (int i = 1; i <= 5000; ++i) lag.primary_at(Lag::Time{} + milliseconds(i), static_cast<std::uint64_t>(1 + i));
    EXPECT_EQ(lag.at(Lag::Time{} + milliseconds(5000)), milliseconds(5000));
    lag.replayed(5001);
    EXPECT_EQ(lag.at(Lag::Time{} + milliseconds(5000)), milliseconds(0));
}

TEST(Writers, ReadTheirOwnWrites) {
    Writers writers;
    EXPECT_FALSE(writers.ahead("a"));
    writers.wrote("a", 100);
    writers.wrote("a", 90);  // an answer that came late
    EXPECT_TRUE(writers.ahead("a"));
    EXPECT_FALSE(writers.ahead("b"));
    writers.replayed(99);
    EXPECT_TRUE(writers.ahead("a"));
    writers.replayed(100);
    EXPECT_FALSE(writers.ahead("a"));
    EXPECT_EQ(writers.size(), 0U);
}

TEST(Writers, AnUnknownEndWaitsForThePrimary) {
    Writers writers;
    writers.may_have_written("a");
    writers.replayed(1000000);
    EXPECT_TRUE(writers.ahead("a"));
    writers.primary_at(1000500);
    writers.replayed(1000499);
    EXPECT_TRUE(writers.ahead("a"));
    writers.replayed(1000500);
    EXPECT_FALSE(writers.ahead("a"));
}

TEST(Writers, TooManyToRememberAllWait) {
    Writers writers;
    for (std::uint64_t i = 1; i <= 300000; ++i) writers.wrote("client " + std::to_string(i), i);
    EXPECT_LE(writers.size(), 16U * 8192U);
    for (std::uint64_t i = 1; i <= 300000; i += 1000) EXPECT_TRUE(writers.ahead("client " + std::to_string(i))) << i;
    writers.replayed(300000);
    EXPECT_FALSE(writers.ahead("client 1"));
    EXPECT_EQ(writers.size(), 0U);
}

TEST(Writers, AreTheirSubjectsWhateverTheirToken) {
    const Identity one{"fin_user", false, R"({"role":"fin_user","sub":"u1","iat":1})"};
    const Identity later{"fin_user", false, R"({"role":"fin_user","sub":"u1","iat":2})"};
    const Identity other{"fin_user", false, R"({"role":"fin_user","sub":"u2","iat":1})"};
    const Identity nameless{"fin_user", false, R"({"role":"fin_user","iat":1})"};
    const Identity anonymous{"web_anon", true, R"({"role":"web_anon"})"};
    EXPECT_EQ(writer_of(one, "192.0.2.1"), writer_of(later, "192.0.2.2"));
    EXPECT_NE(writer_of(one, "192.0.2.1"), writer_of(other, "192.0.2.1"));
    EXPECT_NE(writer_of(one, "192.0.2.1"), writer_of(nameless, "192.0.2.1"));
    EXPECT_NE(writer_of(anonymous, "192.0.2.1"), writer_of(anonymous, "192.0.2.2"));
}

TEST(Standby, FailuresThatThePrimaryMayNotHave) {
    for (const char* state : {"40001", "57P01", "42P01", "53300", "25006"}) EXPECT_TRUE(fails_on_standby_only(state));
    for (const char* state : {"22P02", "23505", "P0001", "57014"}) EXPECT_FALSE(fails_on_standby_only(state));
}

TEST(Exchange, ReadsPositions) {
    EXPECT_EQ(parse_position("16/B374D848"), 0x16B374D848U);
    EXPECT_EQ(parse_position("0/0"), 0U);
    EXPECT_EQ(parse_position("FFFFFFFF/FFFFFFFF"), 0xFFFFFFFFFFFFFFFFU);
    for (const char* bad : {"", "/", "1/", "/1", "1/G", "1/2/3", "1FFFFFFFF/0"})
        EXPECT_EQ(parse_position(bad), std::nullopt) << bad;
}

TEST(Exchange, DecodesBytea) {
    const std::string text = "\\x00ff41";
    EXPECT_EQ(decode_bytea(text.data(), text.size()), std::string("\0\xff"
                                                                  "A",
                                                                  3));
    EXPECT_EQ(decode_bytea("\\x", 2), "");
    EXPECT_EQ(decode_bytea("\\xABcd", 6), "\xab\xcd");
}

TEST(Backoff, DoublesUpToItsBound) {
    Backoff backoff;
    EXPECT_EQ(backoff.next(), milliseconds(100));
    EXPECT_EQ(backoff.next(), milliseconds(200));
    for (int i = 0; i < 20; ++i) backoff.next();
    EXPECT_EQ(backoff.next(), milliseconds(32000));
    backoff.reset();
    EXPECT_EQ(backoff.next(), milliseconds(100));
}

}  // namespace
}  // namespace fin::api
