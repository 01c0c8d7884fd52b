// A series on its way through an aggregate: bytes between processes, pieces, and the crew that forecasts ahead.
#include "forecast/gathered.hpp"

#include <memory>

#include "error.hpp"
#include "forecast/crew.hpp"
#include "ledger/calendar.hpp"

using namespace fin;
using namespace fin::forecast;

namespace {

Gathered monthly(int from, int to, double scale = 1) {
    Gathered series;
    series.ask(3, R"({"model": "seasonal_naive"})");
    for (int month = from; month < to; ++month)
        series.add(ledger::first_day(24240 + month), scale * (100 + month % 12));
    return series;
}

std::vector<double> predicted(const Answer& answer) {
    std::vector<double> values;
    for (const auto& point : answer.points) values.push_back(point.predicted);
    return values;
}

Census census(std::size_t series, std::size_t observations, int latest) {
    return {series, observations, ledger::first_day(24240 + latest)};
}

}  // namespace

TEST(Gathered, PiecesMakeTheWhole) {
    auto whole = monthly(0, 48), early = monthly(0, 20), late = monthly(20, 48);
    late.answer(never_interrupted);  // of a piece: forgotten when the rest comes
    late.merge(std::move(early));
    EXPECT_EQ(late.size(), 48u);
    EXPECT_FALSE(late.answered());
    EXPECT_EQ(predicted(late.answer(never_interrupted)), predicted(whole.answer(never_interrupted)));
}

TEST(Gathered, SurvivesTheWayBetweenProcesses) {
    auto series = monthly(0, 48);
    auto open = Gathered::of(series.bytes());
    EXPECT_FALSE(open.answered());
    const auto expected = predicted(series.answer(never_interrupted));
    ASSERT_FALSE(expected.empty());
    EXPECT_EQ(predicted(open.answer(never_interrupted)), expected);
    auto answered = Gathered::of(series.bytes());
    EXPECT_TRUE(answered.answered());
    EXPECT_EQ(predicted(answered.answer(never_interrupted)), expected);
    EXPECT_EQ(answered.horizon(), 3);
    EXPECT_EQ(answered.options(), series.options());
}

TEST(Gathered, DamagedBytesAreRefused) {
    const std::string bytes = monthly(0, 48).bytes();
    for (std::size_t size = 0; size < bytes.size(); size += 7)
        EXPECT_THROW(Gathered::of(bytes.substr(0, size)), Error) << size;
    EXPECT_THROW(Gathered::of(bytes + "x"), Error);
}

TEST(Gathered, TellsPiecesFromWholeSeries) {
    const auto seen = census(100, 4800, 47);
    EXPECT_TRUE(monthly(0, 48).looks_whole(seen));
    EXPECT_FALSE(monthly(0, 40).looks_whole(seen));   // ends early
    EXPECT_FALSE(monthly(20, 48).looks_whole(seen));  // much shorter than others
    auto holed = monthly(0, 20);
    holed.merge(monthly(22, 50));
    EXPECT_FALSE(holed.looks_whole(census(100, 4800, 49)));
    EXPECT_FALSE(monthly(0, 48).looks_whole(Census{}));
}

TEST(Gathered, WhatCannotBeComputedIsAnAnswer) {
    auto series = monthly(0, 48);
    series.refuse({"a value is infinite", "x"});
    EXPECT_EQ(series.answer(never_interrupted).status, Status::undefined);
    EXPECT_EQ(series.answer(never_interrupted).reason, "a value is infinite");
    EXPECT_TRUE(series.answer(never_interrupted).points.empty());
    auto sound = monthly(0, 48);
    sound.merge(std::move(series));
    EXPECT_EQ(sound.answer(never_interrupted).status, Status::undefined);
}

TEST(Gathered, AnAnswerEndsWithTheNextRow) {
    auto series = monthly(0, 48);
    const auto before = predicted(series.answer(never_interrupted));
    for (int month = 48; month < 60; ++month) series.add(ledger::first_day(24240 + month), 1000.0 + month);
    EXPECT_NE(predicted(series.answer(never_interrupted)), before);
}

namespace {

// Series as an aggregate holds them, in a crew.
struct Groups {
    explicit Groups(std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) {
            members.push_back(std::make_unique<CrewMember>());
            members.back()->gathered = monthly(0, 48, static_cast<double>(i + 1));
            crew.enlist(*members.back());
        }
    }
    Crew crew;
    std::vector<std::unique_ptr<CrewMember>> members;
};

}  // namespace

TEST(Crew, GivesTheSameAnswersWithAndWithoutHelpers) {
    Groups alone(200), helped(200);
    for (std::size_t i = 0; i < 200; ++i) {
        const auto expected = predicted(alone.crew.answer(*alone.members[i], 0, never_interrupted));
        ASSERT_FALSE(expected.empty());
        EXPECT_EQ(predicted(helped.crew.answer(*helped.members[199 - i], 3, never_interrupted)).size(), 3u);
    }
    for (std::size_t i = 0; i < 200; ++i)
        EXPECT_EQ(predicted(helped.crew.answer(*helped.members[i], 3, never_interrupted)),
                  predicted(alone.crew.answer(*alone.members[i], 0, never_interrupted)));
}

TEST(Crew, MembersMayLeaveAtAnyTime) {
    Groups groups(300);
    groups.crew.answer(*groups.members[0], 3, never_interrupted);
    groups.members.erase(groups.members.begin() + 50, groups.members.end());
    for (auto& member : groups.members) EXPECT_EQ(groups.crew.answer(*member, 3, never_interrupted).points.size(), 3u);
}

TEST(Crew, AMemberMayChangeBetweenAnswers) {
    Groups groups(100);
    const auto before = predicted(groups.crew.answer(*groups.members[0], 3, never_interrupted));
    groups.crew.changing(*groups.members[0]);
    for (int month = 48; month < 60; ++month)
        groups.members[0]->gathered.add(ledger::first_day(24240 + month), 1000.0 + month);
    EXPECT_NE(predicted(groups.crew.answer(*groups.members[0], 3, never_interrupted)), before);
    for (auto& member : groups.members) groups.crew.answer(*member, 3, never_interrupted);
}

TEST(Crew, AnInterruptReachesTheOneWhoAsks) {
    Groups groups(40);
    EXPECT_THROW(groups.crew.answer(*groups.members[5], 0, [] { throw 1; }), int);
    EXPECT_EQ(groups.crew.answer(*groups.members[5], 3, never_interrupted).points.size(), 3u);
}

TEST(Crew, AnOptionThatIsNoneIsTheOneWhoAsksToHear) {
    Groups groups(40);
    groups.members[30]->gathered.ask(3, R"({"modell": "ets"})");
    for (std::size_t i = 0; i < 30; ++i) groups.crew.answer(*groups.members[i], 3, never_interrupted);
    EXPECT_THROW(groups.crew.answer(*groups.members[30], 3, never_interrupted), Error);
}
