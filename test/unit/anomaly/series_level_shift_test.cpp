// level_shift: planted changes of level, and the changes of healthy companies that are none.
#include <numbers>

#include "anomaly/series/interval_test.hpp"
#include "anomaly/series_inquiry.hpp"

using namespace fin;
using namespace fin::anomaly;
using namespace fin::anomaly::test;

namespace {

std::vector<Finding> shifts(const Plan& plan) { return Inquiry(make(plan)).find(Kind::level_shift); }

}  // namespace

TEST(LevelShift, AHealthyCompanyHasNone) {
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u}) EXPECT_TRUE(shifts({.months = 36, .seed = seed}).empty());
}

TEST(LevelShift, ACategoryThatTriplesIsFoundInItsFirstMonth) {
    const Inquiry inquiry(make({.months = 36, .seed = 3, .marketing = [](int m) { return m < 28 ? 1.0 : 5.0; }}));
    const auto found = inquiry.find(Kind::level_shift);
    ASSERT_EQ(found.size(), 1u) << "the total and the counterparties say the same";
    EXPECT_EQ(found[0].booked_on, Company::day(28, 1));
    EXPECT_EQ(inquiry.category(found[0]), "Marketing");
    EXPECT_GE(found[0].severity, Severity::medium);
    EXPECT_NEAR(found[0].expected->value(), -5000, 400);
    EXPECT_NEAR(found[0].amount->value(), -25000, 1500);
    EXPECT_NEAR(found[0].at_stake.value(), 3 * 20000, 4000) << "three months are judged";
    EXPECT_LT(found[0].p, 5e-4);
    EXPECT_NE(found[0].reason_en.find("2023-05"), std::string::npos) << found[0].reason_en;
    expect_well_formed(found);
}

TEST(LevelShift, RevenueThatHalvesIsGrave) {
    const auto found = shifts({.months = 36, .seed = 4, .revenue = [](int m) { return m < 30 ? 1.0 : 0.4; }});
    const auto grave_one = std::find_if(found.begin(), found.end(), [](const Finding& finding) {
        return finding.category == ledger::no_code || finding.amount->units > 0;
    });
    ASSERT_NE(grave_one, found.end());
    EXPECT_GE(grave_one->severity, Severity::medium);
    EXPECT_EQ(grave_one->booked_on, Company::day(30, 1));
}

TEST(LevelShift, RevenueThatDoublesAndTheCostsThatFollowItAreNoAlarm) {
    EXPECT_EQ(grave(shifts({.months = 36, .seed = 4, .revenue = [](int m) { return m < 30 ? 1.0 : 2.0; }})), 0u);
}

TEST(LevelShift, GrowthIsNoShift) {
    EXPECT_TRUE(shifts({.months = 36, .seed = 6, .revenue = [](int m) { return std::pow(1.04, m); }}).empty());
}

TEST(LevelShift, ASeasonThatComesBackIsNoShift) {
    const auto season = [](int m) { return m % 12 >= 5 && m % 12 <= 8 ? 2.2 : 0.8; };
    EXPECT_EQ(grave(shifts({.months = 36, .seed = 7, .revenue = season, .marketing = season})), 0u);
}

TEST(LevelShift, OneMonthIsNoLevel) {
    EXPECT_TRUE(shifts({.months = 36, .seed = 8, .marketing = [](int m) { return m == 28 ? 5.0 : 1.0; }}).empty());
}

TEST(LevelShift, LessThanTwoYearsOfHistoryIsNoAlarmUntilItHasLasted) {
    const auto found = shifts({.months = 14, .seed = 3, .marketing = [](int m) { return m < 12 ? 1.0 : 8.0; }});
    EXPECT_EQ(grave(found), 0u);
}

TEST(LevelShift, EveryFindingIsToldWithTheEnginesInterval) {
    // What the finding says was expected is what the forecast engine says of the months before.
    const Inquiry inquiry(make({.months = 36, .seed = 3, .marketing = [](int m) { return m < 28 ? 1.0 : 5.0; }}));
    std::vector<double> marketing(36, 0);
    const auto code = inquiry.ledger().categories.find("Marketing");
    for (std::size_t row = 0; row < inquiry.ledger().size(); ++row)
        if (inquiry.ledger().category[row] == code)
            marketing[static_cast<std::size_t>(ledger::month_of(inquiry.ledger().day[row]) - Company::month(0))] -=
                inquiry.ledger().amount[row].value();
    const std::span<const double> all(marketing);
    const auto judged = series::judge(all.first(28), 12, all.subspan(28, 3));
    ASSERT_TRUE(judged);
    const auto found = inquiry.find(Kind::level_shift);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_NEAR(found[0].expected->value(), -(*judged)[0].predicted, 0.001);
}

TEST(IntervalTest, ItsChanceIsThatOfTheEnginesIntervals) {
    // A noisy level: the 95 % line has a chance of 0.05, the prediction of 1.
    Noise noise(9);
    std::vector<double> history;
    for (int i = 0; i < 40; ++i) history.push_back(noise.around(1000, 0.2));
    const std::vector<double> any{1000};
    const auto at = series::judge(history, 1, any);
    ASSERT_TRUE(at);
    const auto chance = [&](double value) {
        const std::vector<double> seen{value};
        return series::judge(history, 1, seen)->front().p;
    };
    const auto& interval = at->front();
    EXPECT_NEAR(chance(interval.high95()), 0.05, 1e-9);
    EXPECT_NEAR(chance(interval.low95()), 0.05, 1e-9);
    EXPECT_NEAR(chance(interval.predicted), 1, 1e-9);
    EXPECT_LT(chance(2000), 0.001);
    EXPECT_GT(chance(2000), chance(3000));
}

TEST(IntervalTest, CoversWhatItSaysItCovers) {
    // Random levels and trends: one step ahead, 95 of 100 values lie within. 400 series: 95 % give or take 2.2 (two
    // standard errors), and intervals that are calibrated on real series are wider than uniform noise needs.
    Noise noise(21);
    int inside = 0;
    constexpr int series_made = 400;
    for (int k = 0; k < series_made; ++k) {
        std::vector<double> x;
        const double slope = 0.02 * (noise.uniform() - 0.5);
        for (int i = 0; i < 37; ++i) x.push_back(100 * (1 + slope * i) + 12 * (noise.uniform() + noise.uniform() - 1));
        const std::span<const double> all(x);
        const auto judged = series::judge(all.first(36), 12, all.subspan(36));
        ASSERT_TRUE(judged);
        inside += judged->front().p >= 0.05;
    }
    EXPECT_GE(inside, 0.92 * series_made);
    EXPECT_LE(inside, 0.995 * series_made);
}

TEST(IntervalTest, ShortOrOddHistoriesAreNotJudged) {
    const std::vector<double> one{1};
    EXPECT_FALSE(series::judge(std::vector<double>{}, 12, one));
    EXPECT_FALSE(series::judge(std::vector<double>{1, 2, 3}, 12, one));
    EXPECT_FALSE(series::judge(std::vector<double>(20, 1.0), 12, {}));
    EXPECT_TRUE(series::judge(std::vector<double>(20, 0.0), 12, one).has_value());
}

TEST(LevelShift, PeopleWhoAreHiredAreInformation) {
    EXPECT_EQ(grave(shifts({.months = 36, .seed = 3, .payroll = [](int m) { return m < 28 ? 1.0 : 2.0; }})), 0u);
}
