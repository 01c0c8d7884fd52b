// The automatic choice of an ARIMA order: what R chooses, what must not change the answer, what must not break it.
#include <algorithm>
#include <cmath>
#include <limits>

#include "error.hpp"
#include "forecast/models.hpp"
#include "support/reference_table.hpp"

using namespace fin::forecast;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

const ReferenceCase& reference(const std::string& name) {
    static const auto cases = reference_table("arima.csv");
    return cases.at(name);
}

Fit automatic(const std::string& name, int horizon = 12) {
    const auto& one = reference(name);
    return auto_arima(Series{one.at("value"), static_cast<int>(one.at("period")[0])}, horizon);
}

void expect_sound(const Fit& fit, const std::vector<double>& values, int horizon) {
    const std::size_t h = static_cast<std::size_t>(horizon);
    EXPECT_EQ(fit.fitted.size(), values.size());
    EXPECT_EQ(fit.history.size(), values.size());
    ASSERT_EQ(fit.mean.size(), h);
    ASSERT_EQ(fit.variance.size(), h);
    ASSERT_EQ(fit.future.size(), h);
    for (std::size_t i = 0; i < h; ++i) {
        EXPECT_TRUE(std::isfinite(fit.mean[i]));
        EXPECT_GE(fit.variance[i], i == 0 ? 0 : fit.variance[i - 1] * (1 - 1e-12));
    }
    for (const double value : fit.fitted) EXPECT_TRUE(std::isfinite(value));
    EXPECT_FALSE(fit.model.empty());
    EXPECT_GE(fit.sigma2, 0);
}

// What forecast::auto.arima(approximation = FALSE) of R 4.2.2 chooses on these series.
TEST(AutoArima, ChoosesTheClassicalOrders) {
    EXPECT_EQ(automatic("air").model, "ARIMA(0,1,1)(0,1,1)[12]");
    EXPECT_EQ(automatic("accidents").model, "ARIMA(0,1,1)(0,1,1)[12]");
    EXPECT_EQ(automatic("nile").model, "ARIMA(1,1,1)");
    EXPECT_EQ(automatic("www").model, "ARIMA(1,1,1)");
}

TEST(AutoArima, ScaleMovesTheForecastAlong) {
    const auto& values = reference("accidents").at("value");
    const Fit base = auto_arima(Series{values, 12}, 12);
    for (const double factor : {0.125, 3.0, 4096.0}) {
        std::vector<double> scaled;
        for (const double value : values) scaled.push_back(factor * value);
        const Fit fit = auto_arima(Series{scaled, 12}, 12);
        EXPECT_EQ(fit.model, base.model);
        for (std::size_t h = 0; h < 12; ++h) {
            EXPECT_NEAR(fit.mean[h], factor * base.mean[h], 1e-5 * factor);
            EXPECT_NEAR(fit.variance[h] / (factor * factor * base.variance[h]), 1, 1e-4);
        }
    }
}

TEST(AutoArima, SignMirrorsAndLevelMovesTheForecast) {
    const auto& values = reference("accidents").at("value");
    const Fit base = auto_arima(Series{values, 12}, 12);
    std::vector<double> mirrored, lifted;
    for (const double value : values) mirrored.push_back(-value), lifted.push_back(value + 5);
    const Fit mirror = auto_arima(Series{mirrored, 12}, 12), lift = auto_arima(Series{lifted, 12}, 12);
    EXPECT_EQ(mirror.model, base.model);
    for (std::size_t h = 0; h < 12; ++h) {
        EXPECT_NEAR(mirror.mean[h], -base.mean[h], 1e-9);
        EXPECT_NEAR(lift.mean[h], base.mean[h] + 5, 1e-5);
    }
}

TEST(AutoArima, SameInputSameBytes) {
    const Fit a = automatic("drivers", 24), b = automatic("drivers", 24);
    EXPECT_EQ(a.mean, b.mean);
    EXPECT_EQ(a.variance, b.variance);
    EXPECT_EQ(a.model, b.model);
}

// A season of strength 0.9 that drifts slowly has seasonal roots near the circle; it must not be taken for no season.
TEST(AutoArima, FindsASeason) {
    for (const char* name : {"air", "accidents", "gas", "temperature", "drivers"}) {
        SCOPED_TRACE(name);
        EXPECT_TRUE(automatic(name).seasonal);
    }
}

TEST(AutoArima, ConstantAndExactSeries) {
    std::vector<double> constant(40, 3.5), line, square, season;
    for (int t = 0; t < 48; ++t) {
        line.push_back(1 + 0.25 * t);
        square.push_back(1 + 0.03125 * t * t);
        season.push_back(1 + t % 12);
    }
    const Fit flat = auto_arima(Series{constant, 12}, 6);
    expect_sound(flat, constant, 6);
    EXPECT_EQ(flat.mean, std::vector<double>(6, 3.5));
    EXPECT_FALSE(flat.trended);
    const Fit straight = auto_arima(Series{line, 12}, 6);
    expect_sound(straight, line, 6);
    EXPECT_NEAR(straight.mean[5], 1 + 0.25 * 53, 1e-6);
    EXPECT_TRUE(straight.trended);
    const Fit curved = auto_arima(Series{square, 1}, 6);
    expect_sound(curved, square, 6);
    // Two differences and no constant: the last slope, 0.03125 (47^2 - 46^2), goes on; what it misses is variance.
    EXPECT_NEAR(curved.mean[5], square[47] + 6 * 0.03125 * 93, 1e-6);
    EXPECT_GT(curved.variance[0], 0);
    const Fit wave = auto_arima(Series{season, 12}, 24);
    expect_sound(wave, season, 24);
    EXPECT_NEAR(wave.mean[13], 2, 1e-9);
    EXPECT_TRUE(wave.seasonal);
}

TEST(AutoArima, ShortSeriesGiveAForecastOrAReason) {
    const std::vector<double> source{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3, 3, 8};
    int forecasts = 0;
    for (std::size_t n = 1; n <= source.size(); ++n) {
        SCOPED_TRACE(n);
        const std::vector<double> values(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(n));
        for (const int period : {1, 4, 12}) {
            try {
                expect_sound(auto_arima(Series{values, period}, 5), values, 5);
                ++forecasts;
            } catch (const fin::Error& error) {
                EXPECT_LE(n, 3U) << error.what();
            }
        }
    }
    EXPECT_GE(forecasts, 72);
    EXPECT_THROW(auto_arima(Series{{}, 1}, 5), fin::Error);
    EXPECT_THROW(auto_arima(Series{source, 1}, 0), fin::Error);
}

TEST(AutoArima, GapsAreBridged) {
    const auto& whole = reference("air").at("value");
    std::vector<double> values = whole;
    for (const std::size_t t : {0UL, 30UL, 31UL, 77UL, 140UL}) values[t] = nan;
    const Fit fit = auto_arima(Series{values, 12}, 12), complete = auto_arima(Series{whole, 12}, 12);
    expect_sound(fit, values, 12);
    for (std::size_t h = 0; h < 12; ++h) EXPECT_NEAR(fit.mean[h], complete.mean[h], 0.03);
    EXPECT_THROW(auto_arima(Series{std::vector<double>(10, nan), 12}, 3), fin::Error);
}

TEST(AutoArima, KeepsToItsLimits) {
    ArimaLimits limits;
    limits.max_d = 0, limits.max_D = 0;
    const std::string model = auto_arima(Series{reference("air").at("value"), 12}, 3, limits).model;
    EXPECT_EQ(model.substr(7, 3), ",0,") << model;
    const std::size_t seasonal = model.find(")(");
    ASSERT_NE(seasonal, std::string::npos);
    EXPECT_EQ(model.substr(seasonal + 3, 3), ",0,") << model;
    limits = {};
    limits.stationary = true;
    const Fit still = auto_arima(Series{reference("nile").at("value"), 1}, 3, limits);
    EXPECT_EQ(still.model.substr(0, 5), "ARIMA");
    EXPECT_EQ(still.model.substr(7, 3), ",0,");
}

TEST(AutoArima, AsksWhetherItMayGoOn) {
    struct Stopped {};
    int asked = 0;
    const auto check = [&asked] {
        if (++asked == 4) throw Stopped();
    };
    EXPECT_THROW(auto_arima(Series{reference("air").at("value"), 12}, 12, {}, check), Stopped);
    EXPECT_EQ(asked, 4);
}

}  // namespace
