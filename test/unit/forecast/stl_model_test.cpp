// STL with exponential smoothing: what it must do on series whose answer is known.
#include <cmath>

#include "error.hpp"
#include "forecast/models.hpp"

using namespace fin::forecast;

namespace {

std::vector<double> seasonal_line(int n, double slope, double season) {
    std::vector<double> values;
    for (int i = 0; i < n; ++i) {
        // A small deterministic wobble that repeats with no season.
        const double wobble = 0.3 * std::sin(i * 2.399963);
        values.push_back(50 + slope * i + season * std::cos(i * 0.5235987755982988) + wobble);
    }
    return values;
}

}  // namespace

TEST(StlModel, GoesOnWithTrendAndSeason) {
    const auto values = seasonal_line(72, 0.4, 8), future = seasonal_line(84, 0.4, 8);
    const auto fit = stl_ets({values, 12}, 12);
    for (std::size_t h = 0; h < 12; ++h) EXPECT_NEAR(fit.mean[h], future[72 + h], 1.5) << h;
    EXPECT_TRUE(fit.seasonal);
    EXPECT_EQ(fit.model.substr(0, 7), "STL+ETS");
}

TEST(StlModel, PartsAddUpAndVarianceGrows) {
    const auto values = seasonal_line(40, 0.2, 5);
    const auto fit = stl_ets({values, 12}, 18);
    ASSERT_EQ(fit.history.size(), 40U);
    for (std::size_t i = 0; i < 40; ++i) {
        const auto& p = fit.history[i];
        EXPECT_NEAR(p.level + p.trend + p.season + p.event + p.remainder, values[i], 1e-10);
        EXPECT_NEAR(fit.fitted[i], values[i] - p.remainder, 1e-10);
    }
    for (std::size_t h = 0; h < 18; ++h) {
        const auto& p = fit.future[h];
        EXPECT_EQ(p.level + p.trend + p.season + p.event, fit.mean[h]);
        EXPECT_GT(fit.variance[h], 0);
        if (h > 0) {
            EXPECT_GE(fit.variance[h], fit.variance[h - 1]);
        }
    }
}

TEST(StlModel, ScalingTheSeriesScalesTheForecast) {
    const auto values = seasonal_line(60, 0.2, 5);
    auto larger = values;
    for (double& value : larger) value *= 4;
    const auto one = stl_ets({values, 12}, 6), four = stl_ets({larger, 12}, 6);
    for (std::size_t h = 0; h < 6; ++h) EXPECT_NEAR(four.mean[h], 4 * one.mean[h], 1e-3 * four.mean[h]);
}

TEST(StlModel, NeedsASeasonAndMoreThanTwoOfThem) {
    EXPECT_THROW(stl_ets({seasonal_line(24, 0, 5), 12}, 6), fin::Error);
    EXPECT_THROW(stl_ets({seasonal_line(40, 0, 5), 1}, 6), fin::Error);
    EXPECT_NO_THROW(stl_ets({seasonal_line(25, 0, 5), 12}, 6));
}
