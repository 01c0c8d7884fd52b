// Limits of requests: two windows, several servers, what a lost answer changes.
#include "api/server/limits.hpp"

#include <map>
#include <nlohmann/json.hpp>

using namespace fin::api;
using nlohmann::json;

namespace {

constexpr std::int64_t noon = 1'800'000'000 / 3600 * 3600;  // a whole hour

// Answers as fin.count_requests does, for any number of servers.
class Database {
public:
    Database(std::int64_t per_minute, std::int64_t per_hour) : per_minute_(per_minute), per_hour_(per_hour) {}
    void serve(Limits& server, std::int64_t now) { server.told(answer(server.collect(now))); }
    std::string answer(const std::string& counted) {
        json said = json::object();
        const json given = json::parse(counted);
        for (const auto& item : given.items()) {
            const auto minute = item.value()["minute"].get<std::int64_t>();
            auto& in_minute = minutes_[item.key() + std::to_string(minute)];
            auto& in_hour = hours_[item.key() + std::to_string(minute / 60)];
            in_minute += item.value()["n"].get<std::int64_t>();
            in_hour += item.value()["n"].get<std::int64_t>();
            said[item.key()] = {
                {"minute", in_minute}, {"hour", in_hour}, {"perMinute", per_minute_}, {"perHour", per_hour_}};
        }
        return said.dump();
    }

private:
    std::int64_t per_minute_, per_hour_;
    std::map<std::string, std::int64_t> minutes_, hours_;
};

int allowed(Limits& server, const std::string& who, std::int64_t now, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += server.take(who, now).allowed ? 1 : 0;
    return count;
}

TEST(Limits, AThousandAMinuteUntilTheDatabaseHasSaid) {
    Limits server;
    EXPECT_EQ(allowed(server, "user:a", noon, 1500), 1000);
    EXPECT_EQ(allowed(server, "user:b", noon, 10), 10) << "another user has a limit of his own";
    EXPECT_EQ(allowed(server, "user:a", noon + 60, 1500), 1000) << "the next minute";
}

TEST(Limits, SaysWhatIsLeftAndWhenItStartsAnew) {
    Limits server;
    const auto verdict = server.take("user:a", noon + 15);
    EXPECT_EQ(verdict.limit, 1000);
    EXPECT_EQ(verdict.remaining, 999);
    EXPECT_EQ(verdict.reset, 45);
}

TEST(Limits, TheHourCountsWhereItIsTighter) {
    Limits server;
    Database database(10, 25);
    server.take("user:a", noon);
    database.serve(server, noon);
    EXPECT_EQ(allowed(server, "user:a", noon, 20), 9);
    database.serve(server, noon + 1);
    EXPECT_EQ(allowed(server, "user:a", noon + 60, 20), 10);
    database.serve(server, noon + 61);
    EXPECT_EQ(allowed(server, "user:a", noon + 120, 20), 5);
    const auto refused = server.take("user:a", noon + 121);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.limit, 25);
    EXPECT_EQ(refused.remaining, 0);
    EXPECT_EQ(refused.reset, 3600 - 121);
    EXPECT_EQ(too_many(refused).headers[0].second, std::to_string(3600 - 121));
}

TEST(Limits, AreOneForAllServers) {
    Limits one, two;
    Database database(100, 10000);
    EXPECT_EQ(allowed(one, "user:a", noon, 60), 60);
    database.serve(one, noon);
    EXPECT_EQ(allowed(two, "user:a", noon, 30), 30);
    database.serve(two, noon + 1);
    EXPECT_EQ(allowed(two, "user:a", noon + 1, 50), 10) << "60 of the first server, 30 of its own";
    database.serve(two, noon + 1);
    database.serve(one, noon + 2);
    EXPECT_EQ(allowed(one, "user:a", noon + 2, 5), 0);
}

TEST(Limits, WhatDidNotArriveIsGivenAgain) {
    Limits server, other;
    Database database(100, 10000);
    allowed(server, "user:a", noon, 40);
    server.collect(noon);
    server.not_told();
    database.serve(server, noon + 1);
    other.take("user:a", noon + 1);
    database.serve(other, noon + 1);
    EXPECT_EQ(other.take("user:a", noon + 1).remaining, 100 - 40 - 2);
}

TEST(Limits, CountsMadeWhileTheAnswerIsUnderWayStay) {
    Limits server;
    Database database(100, 10000);
    allowed(server, "user:a", noon, 10);
    const auto counted = server.collect(noon);
    allowed(server, "user:a", noon, 7);
    server.told(database.answer(counted));
    EXPECT_EQ(server.take("user:a", noon).remaining, 100 - 18);
}

TEST(Limits, ForgetsWhoIsSilent) {
    Limits server;
    server.take("address:192.0.2.1", noon);
    server.collect(noon + 60);
    EXPECT_EQ(server.size(), 1u);
    server.collect(noon + 200);
    EXPECT_EQ(server.size(), 0u);
    EXPECT_ANY_THROW(server.told("nonsense"));
}

TEST(Requester, IsTheSubjectOrTheAddress) {
    Identity ann{"fin_user", false, R"({"sub": "ann", "role": "fin_user"})"}, nobody{"fin_anon", true, "{}"};
    EXPECT_EQ(requester(ann, "192.0.2.7"), "user:ann");
    EXPECT_EQ(requester(nobody, "192.0.2.7"), "address:192.0.2.7");
    EXPECT_EQ(requester(nobody, "2001:db8:1:2:3:4:5:6"), "address:2001:db8:1:2::/64");
}

TEST(Requester, IsTheOwnerOfAKeyOnceThatIsKnown) {
    const Identity program{"fin_user", false, R"({"key":"fin_a","role":"fin_user"})", "fin_a_b", "fin"};
    EXPECT_EQ(requester(program, "192.0.2.7"), "address:192.0.2.7");
    EXPECT_EQ(requester(program, "192.0.2.7", "ann"), "user:ann");
}

}  // namespace
