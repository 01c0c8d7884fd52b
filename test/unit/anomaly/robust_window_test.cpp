// The robust window against the same statistics computed anew for each set of values.
#include "anomaly/robust_window.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "anomaly/random.hpp"
#include "timeseries/robust.hpp"

namespace fin::anomaly {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();

Spread spread_of(const std::vector<double>& values) {
    RobustWindow window(values);
    for (std::size_t i = 0; i < values.size(); ++i) window.include(i);
    return window.spread();
}

double mean_deviation(const std::vector<double>& values, double median) {
    double sum = 0;
    for (const double value : values) sum += std::abs(value - median);
    return sum / static_cast<double>(values.size());
}

void expect_as_anew(const std::vector<double>& values, const Spread& spread) {
    ASSERT_EQ(spread.count, values.size());
    if (values.empty()) return;
    const double median = *timeseries::median(values), mad = *timeseries::median_absolute_deviation(values);
    EXPECT_DOUBLE_EQ(spread.median, median);
    const double expected =
        mad > 0 ? 1.482602218505602 * mad : std::sqrt(std::acos(-1.0) / 2) * mean_deviation(values, median);
    EXPECT_NEAR(spread.scale, expected, 1e-12 * (std::abs(median) + expected));
}

// Random sets with many ties, of every size from none to all.
TEST(RobustWindow, AgreesWithStatisticsComputedAnew) {
    Random random(5);
    for (int kinds : {2, 3, 7, 1000}) {
        std::vector<double> values(41);
        for (double& value : values)
            value = static_cast<double>(random.below(static_cast<std::uint64_t>(kinds))) * 1.25;
        RobustWindow window(values);
        std::vector<bool> in(values.size());
        for (int step = 0; step < 600; ++step) {
            const std::size_t at = random.below(values.size());
            in[at] = !in[at];
            in[at] ? window.include(at) : window.leave(at);
            std::vector<double> counted;
            for (std::size_t i = 0; i < values.size(); ++i)
                if (in[i]) counted.push_back(values[i]);
            expect_as_anew(counted, window.spread());
        }
    }
}

// By hand: median 3, distances 2 1 0 1 97, their median 1.
TEST(RobustWindow, HasTheScoreOfAnExampleByHand) {
    const Spread spread = spread_of({1, 2, 3, 4, 100});
    EXPECT_EQ(spread.median, 3);
    EXPECT_DOUBLE_EQ(spread.scale, 1.482602218505602);
    EXPECT_NEAR(robust_z(100, spread), 65.425505, 1e-6);
    EXPECT_NEAR(robust_z(1, spread), -1.3489795, 1e-7);
}

// By hand: nine 5 and one 15: the median distance is 0, the mean one 1.
TEST(RobustWindow, FallsBackToTheMeanWhereMostAreEqual) {
    std::vector<double> values(9, 5);
    values.push_back(15);
    const Spread spread = spread_of(values);
    EXPECT_NEAR(spread.scale, 1.2533141373155, 1e-12);
    EXPECT_NEAR(robust_z(15, spread), 7.978846, 1e-6);
    EXPECT_EQ(robust_z(5, spread), 0);
}

TEST(RobustWindow, HasNoScaleWhereAllAreEqual) {
    const Spread spread = spread_of({0.1, 0.1, 0.1});
    EXPECT_EQ(spread.scale, 0);
    EXPECT_EQ(robust_z(0.1, spread), 0);
    EXPECT_EQ(robust_z(0.2, spread), inf);
    EXPECT_EQ(robust_z(0.0, spread), -inf);
}

TEST(RobustWindow, ForgetsWhatHasLeft) {
    std::vector<double> values = {1e300, -1e18, 0.1, 0.2, 0.1, 0.1};
    RobustWindow window(values);
    for (std::size_t i = 0; i < values.size(); ++i) window.include(i);
    window.leave(0);
    window.leave(1);
    expect_as_anew({0.1, 0.2, 0.1, 0.1}, window.spread());
}

TEST(RobustWindow, CountsNoMissingValue) {
    const Spread spread = spread_of({nan, 1, nan, 2, 3});
    EXPECT_EQ(spread.count, 3U);
    EXPECT_EQ(spread.median, 2);
    EXPECT_TRUE(std::isnan(robust_z(nan, spread)));
    EXPECT_EQ(spread_of({nan, nan}).count, 0U);
    EXPECT_TRUE(std::isnan(robust_z(1, spread_of({}))));
}

TEST(RobustWindow, TakesInfinities) {
    const Spread spread = spread_of({-inf, 1, 2, 3, inf});
    EXPECT_EQ(spread.median, 2);
    EXPECT_EQ(robust_z(inf, spread), inf);
    const Spread mostly_equal = spread_of({4, 4, 4, 4, inf, 6});
    EXPECT_NEAR(mostly_equal.scale, 1.2533141373155 * 0.4, 1e-12);  // the infinite one is left out of the mean
    EXPECT_EQ(robust_z(inf, mostly_equal), inf);
    EXPECT_TRUE(std::isnan(robust_z(1, spread_of({inf, inf, 1}))));
    EXPECT_EQ(robust_z(inf, spread_of({inf, inf, 1})), 0);
}

TEST(RobustWindow, DoesNotOverflow) {
    constexpr double most = std::numeric_limits<double>::max();
    EXPECT_EQ(spread_of({most, most / 2}).median, most / 2 + most / 4);
    EXPECT_TRUE(std::isfinite(robust_z(1, spread_of({-1, 0, 2, most, -most}))));
}

}  // namespace
}  // namespace fin::anomaly
