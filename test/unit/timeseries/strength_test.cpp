// How much of a series its season explains.
#include "timeseries/strength.hpp"

#include <cmath>
#include <numbers>

using namespace fin::timeseries;

TEST(SeasonShare, IsOneForAPureSeasonAndNearNoneForNoise) {
    std::vector<double> season, noise;
    std::uint32_t state = 1;
    for (int i = 0; i < 120; ++i) {
        season.push_back(std::sin(i * std::numbers::pi / 6) + 0.01 * i);
        state = state * 1664525 + 1013904223;
        noise.push_back(state / 4294967296.0);
    }
    EXPECT_GT(*season_share(season, 12), 0.99);
    EXPECT_LT(*season_share(noise, 12), 0.5);
}

TEST(SeasonShare, NeedsTwoPeriodsThatVary) {
    EXPECT_FALSE(season_share(std::vector<double>(23, 1), 12));
    EXPECT_FALSE(season_share(std::vector<double>(48, 7), 12));
    EXPECT_FALSE(season_share(std::vector<double>(48, 7), 1));
}

// Two components of equal variance that do not move together: half each.
TEST(Strength, IsTheShareThatTheRemainderLeaves) {
    const std::vector<double> component = {1, -1, 1, -1, 1, -1, 1, -1}, remainder = {1, 1, -1, -1, 1, 1, -1, -1};
    EXPECT_NEAR(*strength(component, remainder, 2), 0.5, 1e-12);
    EXPECT_FALSE(strength(std::vector<double>(4, 1), std::vector<double>(4, 0), 1));
}
