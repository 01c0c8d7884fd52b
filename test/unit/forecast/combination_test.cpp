// Members of the combination, their weights, and the shrunken season that short histories rest on.
#include "forecast/combination.hpp"

#include <cmath>

#include "error.hpp"
#include "forecast/shrunken_season.hpp"

namespace fin::forecast {
namespace {

std::vector<double> made(int n, double season, double noise, unsigned seed = 3) {
    std::vector<double> values;
    for (int t = 0; t < n; ++t) {
        seed = seed * 1664525u + 1013904223u;
        values.push_back(1 + season * std::sin(t * 2 * M_PI / 12) + noise * (seed / 4294967296.0 - 0.5));
    }
    return values;
}

TEST(ShrunkenSeason, ExactSeasonIsTrusted) {
    const auto season = shrunken_season(made(36, 0.3, 0), 12);
    ASSERT_TRUE(season);
    EXPECT_TRUE(season->multiplicative);
    EXPECT_GT(season->trust, 0.98);
    EXPECT_NEAR(season->index[3] / season->index[9], 1.3 / 0.7, 0.08);
}

TEST(ShrunkenSeason, NoiseIsNot) {
    double trust = 0;
    for (unsigned seed = 1; seed <= 20; ++seed) trust += shrunken_season(made(24, 0, 0.4, seed), 12)->trust / 20;
    EXPECT_LT(trust, 0.35);
    EXPECT_FALSE(shrunken_season(made(23, 0.3, 0), 12));
}

TEST(ShrunkenSeason, DiscountFollowsASeasonThatMoves) {
    // The season's peak is in another month in the last two years.
    std::vector<double> values;
    for (int t = 0; t < 96; ++t) values.push_back(10 + (t % 12 == (t < 72 ? 3 : 8) ? 5 : 0) + 0.01 * (t * 7 % 5));
    const auto equal = shrunken_season(values, 12, 1), recent = shrunken_season(values, 12, 0.5);
    EXPECT_GT(recent->index[8], equal->index[8]);
    EXPECT_LT(recent->index[3], equal->index[3]);
}

TEST(ShrunkenSeason, MirrorsWithTheSign) {
    auto values = made(48, 0.3, 0.1), negative = values;
    for (double& value : negative) value = -value;
    const Series up{values, 12}, down{negative, 12};
    const auto a = shrunken(up, 6, Core::theta), b = shrunken(down, 6, Core::theta);
    for (std::size_t h = 0; h < 6; ++h) EXPECT_NEAR(a.mean[h], -b.mean[h], 1e-9);
}

TEST(Combination, ShortHistoriesUseTheShrunkenModelsAlone) {
    const auto values = made(30, 0.3, 0.1);
    const auto members = members_for({values, 12}, 6);
    double sum = 0;
    for (const auto& [fit, weight] : members) {
        EXPECT_NE(fit.model.find("shrunken"), std::string::npos) << fit.model;
        sum += weight;
    }
    EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(Combination, LongHistoriesAddTheAutomaticModels) {
    const auto values = made(84, 0.3, 0.1);
    bool arima = false, ets = false;
    for (const auto& [fit, weight] : members_for({values, 12}, 6)) {
        arima |= fit.model.rfind("ARIMA", 0) == 0 && fit.model.find("shrunken") == std::string::npos;
        ets |= fit.model.rfind("ETS", 0) == 0 && fit.model.find("shrunken") == std::string::npos;
    }
    EXPECT_TRUE(arima && ets);
}

TEST(Combination, MeanOfItsMembers) {
    const auto values = made(60, 0.3, 0.2);
    const auto members = members_for({values, 12}, 4);
    const auto fit = combine(members);
    for (std::size_t h = 0; h < 4; ++h) {
        double mean = 0, deviation = 0, least = HUGE_VAL, most = -HUGE_VAL;
        for (const auto& [one, weight] : members) {
            mean += weight * one.mean[h], deviation += weight * std::sqrt(one.variance[h]);
            least = std::min(least, one.mean[h]), most = std::max(most, one.mean[h]);
        }
        EXPECT_NEAR(fit.mean[h], mean, 1e-12);
        EXPECT_NEAR(fit.variance[h], deviation * deviation, 1e-12);
        EXPECT_TRUE(fit.mean[h] >= least && fit.mean[h] <= most);
    }
}

TEST(Combination, NeverEmpty) {
    for (int n = 4; n < 30; ++n) {
        const auto values = made(n, 0.2, 0.3);
        const auto members = members_for({values, 12}, 40);
        ASSERT_FALSE(members.empty()) << n;
        for (const double value : combine(members).mean) EXPECT_TRUE(std::isfinite(value)) << n;
    }
}

TEST(Combination, SaysWhichModelsInBothLanguages) {
    const auto values = made(30, 0.3, 0.1);
    const Series series{values, 12};
    const auto words = choice_of(members_for(series, 6), series);
    EXPECT_NE(words.en.find("Theta"), std::string::npos);
    EXPECT_NE(words.en.find("history is short"), std::string::npos);
    EXPECT_NE(words.ru.find("короткая"), std::string::npos);
}

}  // namespace
}  // namespace fin::forecast
