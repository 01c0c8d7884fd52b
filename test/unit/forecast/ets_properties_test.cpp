// What must hold of exponential smoothing on any series.
#include "forecast/models.hpp"

#include <cmath>
#include <functional>
#include <numbers>

#include "error.hpp"
#include "forecast/ets_reference.hpp"

using namespace fin::forecast;

namespace {

constexpr EtsError kErrors[] = {EtsError::additive, EtsError::multiplicative};
constexpr EtsTrend kTrends[] = {EtsTrend::none, EtsTrend::additive, EtsTrend::damped};
constexpr EtsSeason kSeasons[] = {EtsSeason::none, EtsSeason::additive, EtsSeason::multiplicative};

double noise(int i) { return std::sin(12.9898 * (i + 1)) * std::cos(78.233 * (i + 1) * (i + 1)); }

std::vector<double> made(int n, const std::function<double(int)>& value) {
    std::vector<double> values;
    for (int i = 0; i < n; ++i) values.push_back(value(i));
    return values;
}

double wave(int i) { return std::sin(std::numbers::pi * i / 6); }

std::vector<double> sales(int n) {
    return made(n, [](int i) { return (100 + 0.8 * i) * (1 + 0.2 * wave(i)) * (1 + 0.05 * noise(i)); });
}

// Everything finite, of the right length, variances no less than 0, parts adding up.
void expect_sound(const Fit& fit, const std::vector<double>& values, int horizon, const std::string& where) {
    const auto h = static_cast<std::size_t>(horizon);
    ASSERT_EQ(fit.mean.size(), h) << where;
    ASSERT_EQ(fit.variance.size(), h) << where;
    ASSERT_EQ(fit.future.size(), h) << where;
    ASSERT_EQ(fit.fitted.size(), values.size()) << where;
    ASSERT_EQ(fit.history.size(), values.size()) << where;
    EXPECT_TRUE(std::isfinite(fit.log_likelihood)) << where;
    for (const auto& one : fit.parameters) EXPECT_TRUE(std::isfinite(one.value)) << where << " " << one.name;
    const auto size = [](const Parts& p) { return std::abs(p.level) + std::abs(p.trend) + std::abs(p.season); };
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Parts& p = fit.history[i];
        EXPECT_NEAR(p.level + p.trend + p.season + p.event + p.remainder, values[i],
                    1e-12 * (std::abs(values[i]) + size(p)))
            << where;
        EXPECT_NEAR(fit.fitted[i], p.level + p.trend + p.season, 1e-12 * size(p)) << where;
    }
    for (std::size_t i = 0; i < h; ++i) {
        const Parts& p = fit.future[i];
        EXPECT_TRUE(std::isfinite(fit.mean[i])) << where;
        EXPECT_TRUE(std::isfinite(fit.variance[i]) && fit.variance[i] >= 0) << where << " " << fit.variance[i];
        EXPECT_NEAR(p.level + p.trend + p.season, fit.mean[i], 1e-12 * size(p)) << where;
        EXPECT_EQ(p.remainder, 0) << where;
    }
}

}  // namespace

TEST(EtsProperties, NothingOddComesOutOfOddSeries) {
    const std::vector<std::pair<std::string, std::function<double(int)>>> kinds = {
        {"constant", [](int) { return 7.0; }},
        {"zero", [](int) { return 0.0; }},
        {"line", [](int i) { return 1 + 3.0 * i; }},
        {"falling line", [](int i) { return 100 - 3.0 * i; }},
        {"season", [](int i) { return 100 + 20 * wave(i); }},
        {"noise", noise},
        {"huge", [](int i) { return 1e14 * (1 + 0.1 * noise(i)); }},
        {"tiny", [](int i) { return 1e-7 * (1 + 0.1 * noise(i)); }},
        {"one zero", [](int i) { return i == 5 ? 0 : 10 + noise(i); }},
        {"outlier", [](int i) { return i == 7 ? 5000 : 10 + noise(i); }},
        {"intermittent", [](int i) { return i % 5 == 0 ? 10.0 + i % 3 : 0.0; }},
        {"exponential", [](int i) { return std::exp(0.3 * i); }},
        {"one month of twelve", [](int i) { return i % 12 == 0 ? 1000.0 : 0.001; }},
        {"alternating", [](int i) { return i % 2 == 0 ? 1.0 : -1.0; }},
        {"dying", [](int i) { return i > 20 ? 1e-9 : 100.0; }},
    };
    for (const auto& [name, value] : kinds)
        for (const int period : {1, 4, 12, 52})
            for (const int n : {3, 4, 5, 6, 7, 8, 10, 12, 13, 18, 24, 30, 37, 60}) {
                const auto values = made(n, value);
                const std::string where = name + ", period " + std::to_string(period) + ", n " + std::to_string(n);
                expect_sound(auto_ets({values, period}, 14), values, 14, where);
            }
}

TEST(EtsProperties, AFormIsFittedOrRefusedWithAnError) {
    int fitted = 0, refused = 0;
    for (const int n : {3, 5, 6, 8, 14, 16, 18, 20, 26})
        for (const auto& values : {sales(n), made(n, [](int) { return 5.0; }), made(n, [](int i) { return i - 2.0; })})
            for (const auto error : kErrors)
                for (const auto trend : kTrends)
                    for (const auto season : kSeasons) try {
                            const Fit fit = ets({values, 12}, 6, {error, trend, season});
                            expect_sound(fit, values, 6, fit.model + " n " + std::to_string(n));
                            ++fitted;
                        } catch (const fin::Error& refusal) {
                            EXPECT_TRUE(refusal.code == fin::ErrorCode::invalid_argument ||
                                        refusal.code == fin::ErrorCode::not_converged);
                            ++refused;
                        }
    EXPECT_GT(fitted, 100);
    EXPECT_GT(refused, 100);
}

// A power of two changes no digit at all; other factors change rounding only.
TEST(EtsProperties, ScalingTheSeriesScalesTheForecast) {
    const auto values = sales(60);
    const Fit fit = auto_ets({values, 12}, 18);
    for (const double factor : {1024.0, 1000.0, 1e-6}) {
        std::vector<double> scaled = values;
        for (double& value : scaled) value *= factor;
        const Fit again = auto_ets({scaled, 12}, 18);
        EXPECT_EQ(again.model, fit.model);
        const double tolerance = factor == 1024 ? 0 : 2e-3;
        for (std::size_t i = 0; i < 18; ++i) {
            EXPECT_NEAR(again.mean[i] / factor / fit.mean[i], 1, tolerance) << factor;
            EXPECT_NEAR(again.variance[i] / factor / factor / fit.variance[i], 1, 5 * tolerance) << factor;
        }
        // The likelihood is a density: it falls by log(factor) a value.
        EXPECT_NEAR(again.log_likelihood, fit.log_likelihood - 60 * std::log(factor), 1e-2) << factor;
    }
}

TEST(EtsProperties, TheSameSeriesGivesTheSameBits) {
    const auto values = sales(72);
    const Fit one = auto_ets({values, 12}, 12), two = auto_ets({values, 12}, 12);
    EXPECT_EQ(one.mean, two.mean);
    EXPECT_EQ(one.variance, two.variance);
}

// Additive forms do not know up from down.
TEST(EtsProperties, TheMirrorOfASeriesHasTheMirrorOfItsForecast) {
    const auto values = made(60, [](int i) { return 10 + 0.3 * i + 5 * wave(i) + 2 * noise(i); });
    auto mirror = values;
    for (double& value : mirror) value = -value;
    for (const auto trend : kTrends)
        for (const auto season : {EtsSeason::none, EtsSeason::additive}) {
            const EtsForm form{EtsError::additive, trend, season};
            const Fit up = ets({values, 12}, 12, form), down = ets({mirror, 12}, 12, form);
            EXPECT_NEAR(up.log_likelihood, down.log_likelihood, 1e-3) << up.model;
            for (std::size_t i = 0; i < 12; ++i)
                EXPECT_NEAR(up.mean[i], -down.mean[i], 2e-3 * std::abs(up.mean[i])) << up.model;
        }
}

TEST(EtsProperties, ALineGoesOnAsALine) {
    const auto values = made(48, [](int i) { return 10 + 2.5 * i; });
    const Fit fit = auto_ets({values, 12}, 12);
    EXPECT_TRUE(fit.trended);
    for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(fit.mean[i], 10 + 2.5 * (48 + static_cast<double>(i)), 1e-3);
}

TEST(EtsProperties, AConstantStaysWhereItIs) {
    const Fit fit = auto_ets({std::vector<double>(30, 7.25), 12}, 12);
    EXPECT_EQ(fit.model, "ETS(A,N,N)");
    for (const double mean : fit.mean) EXPECT_NEAR(mean, 7.25, 1e-9);
}

TEST(EtsProperties, NoSeasonBeyondTwentyFourStepsOrInOneSeason) {
    EXPECT_FALSE(auto_ets({sales(120), 52}, 12).seasonal);
    EXPECT_FALSE(auto_ets({sales(12), 12}, 12).seasonal);
    EXPECT_THROW(ets({sales(120), 52}, 12, {EtsError::additive, EtsTrend::none, EtsSeason::additive}), fin::Error);
    EXPECT_THROW(ets({sales(12), 12}, 12, {EtsError::additive, EtsTrend::none, EtsSeason::additive}), fin::Error);
    EXPECT_TRUE(auto_ets({sales(60), 12}, 12).seasonal);
}

TEST(EtsProperties, NoUndampedTrendBelowThreeYearsUnlessAskedFor) {
    const auto steep = made(30, [](int i) { return 10 + 5.0 * i + noise(i); });
    const Fit damped = auto_ets({steep, 12}, 120);
    EXPECT_TRUE(damped.model == "ETS(A,Ad,N)" || damped.model == "ETS(M,Ad,N)") << damped.model;
    const Fit straight = ets({steep, 12}, 120, {EtsError::additive, EtsTrend::additive, EtsSeason::none});
    EXPECT_GT(straight.mean.back(), 1.5 * damped.mean.back());
    // The same line over four years goes on.
    const auto longer = made(48, [](int i) { return 10 + 5.0 * i + noise(i); });
    EXPECT_EQ(auto_ets({longer, 12}, 12).model.substr(6, 2), "A,");
}

TEST(EtsProperties, RefusesWhatItCannotFit) {
    EXPECT_THROW(auto_ets({std::vector<double>{1, 2}, 1}, 3), fin::Error);
    EXPECT_THROW(auto_ets({sales(30), 12}, 0), fin::Error);
    auto gap = sales(30);
    gap[7] = std::nan("");
    EXPECT_THROW(auto_ets({gap, 12}, 3), fin::Error);
    // Class A error with M season; a multiplicative error on a value of 0.
    EXPECT_THROW(ets({sales(60), 12}, 3, {EtsError::additive, EtsTrend::none, EtsSeason::multiplicative}), fin::Error);
    auto zero = sales(60);
    zero[9] = 0;
    EXPECT_THROW(ets({zero, 12}, 3, {EtsError::multiplicative, EtsTrend::none, EtsSeason::none}), fin::Error);
    EXPECT_EQ(auto_ets({zero, 12}, 3).model.substr(0, 5), "ETS(A");
}

TEST(EtsProperties, ACancelReachesTheChoice) {
    struct Cancelled {};
    int asked = 0;
    const auto values = sales(60);
    EXPECT_THROW(auto_ets({values, 12}, 3,
                          [&asked] {
                              if (++asked == 3) throw Cancelled{};
                          }),
                 Cancelled);
}
