// Calibrated widths, error paths whose margins are those widths, scenarios that sum to a quantile of the paths' sums.
#include "forecast/intervals.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "forecast/shrunken_season.hpp"

namespace fin::forecast {
namespace {

std::vector<double> noise(int n, unsigned seed) {
    std::vector<double> values;
    for (int t = 0; t < n; ++t) {
        double sum = 0;
        for (int i = 0; i < 12; ++i) seed = seed * 1664525u + 1013904223u, sum += seed / 4294967296.0;
        values.push_back(sum - 6);
    }
    return values;
}

double correlation(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b, std::size_t h,
                   std::size_t k) {
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        ab += a[i][h] * b[i][k], aa += a[i][h] * a[i][h], bb += b[i][k] * b[i][k];
    return ab / std::sqrt(aa * bb);
}

TEST(Intervals, QuantileGoesThroughBothBounds) {
    EXPECT_NEAR(error_quantile(2, 4, 0.9), 2, 1e-12);
    EXPECT_NEAR(error_quantile(2, 4, 0.975), 4, 1e-12);
    EXPECT_NEAR(error_quantile(2, 4, 0.025), -4, 1e-12);
    EXPECT_NEAR(error_quantile(2, 4, 0.5), 0, 1e-12);
    // Lighter tails than normal: still increasing.
    for (double p = 0.01; p < 0.98; p += 0.01) EXPECT_LT(error_quantile(2, 2.5, p), error_quantile(2, 2.5, p + 0.01));
}

TEST(Intervals, MarginsOfPathsAreTheWidths) {
    const HalfWidths widths{{1, 2, 3}, {2, 3.5, 5}};
    const auto paths = error_paths(noise(80, 1), std::vector<double>{1, 2, 3}, widths);
    ASSERT_EQ(paths.size(), static_cast<std::size_t>(path_count));
    for (std::size_t h = 0; h < 3; ++h) {
        int in80 = 0, in95 = 0;
        for (const auto& path : paths)
            in80 += std::abs(path[h]) <= widths.at80[h], in95 += std::abs(path[h]) <= widths.at95[h];
        EXPECT_NEAR(in80 / 500.0, 0.8, 0.005);
        EXPECT_NEAR(in95 / 500.0, 0.95, 0.005);
    }
}

TEST(Intervals, StepsOfARandomWalkHangTogether) {
    const HalfWidths widths{{1, 1.4, 1.7}, {1.6, 2.2, 2.7}};
    const auto walk = error_paths(noise(100, 2), std::vector<double>{1, 2, 3}, widths);
    const auto white = error_paths(noise(100, 2), std::vector<double>{1, 1, 1}, widths);
    EXPECT_GT(correlation(walk, walk, 0, 1), 0.5);
    EXPECT_LT(std::abs(correlation(white, white, 0, 1)), 0.35);
}

TEST(Intervals, SeriesOfOneHistoryKeepTheirDependence) {
    const auto first = noise(60, 3), other = noise(60, 4);
    std::vector<double> alike;
    for (std::size_t t = 0; t < 60; ++t) alike.push_back(0.9 * first[t] + 0.3 * other[t]);
    const HalfWidths widths{{1, 1}, {1.6, 1.6}};
    const std::vector<double> variance{1, 1.5};
    const auto a = error_paths(first, variance, widths), b = error_paths(alike, variance, widths),
               c = error_paths(other, variance, widths);
    EXPECT_GT(correlation(a, b, 1, 1), 0.75);
    EXPECT_LT(std::abs(correlation(a, c, 1, 1)), 0.5);
}

TEST(Intervals, ScenariosSumToAQuantileOfTheSums) {
    const HalfWidths widths{{1, 1.4, 1.7, 2}, {1.6, 2.2, 2.7, 3.1}};
    const auto paths = error_paths(noise(90, 5), std::vector<double>{1, 2, 3, 4}, widths);
    const auto scene = scenarios(paths, widths);
    std::vector<double> sums;
    for (const auto& path : paths) sums.push_back(std::accumulate(path.begin(), path.end(), 0.0));
    std::sort(sums.begin(), sums.end());
    const double optimistic = std::accumulate(scene.optimistic.begin(), scene.optimistic.end(), 0.0);
    EXPECT_NEAR(optimistic, (sums[450] - sums[50]) / 2, 0.05 * optimistic);
    for (std::size_t h = 0; h < 4; ++h) {
        EXPECT_LE(scene.optimistic[h], widths.at80[h]);
        EXPECT_GT(scene.optimistic[h], 0);
        EXPECT_EQ(scene.pessimistic[h], -scene.optimistic[h]);
    }
}

TEST(Intervals, WidthsAreNeverZeroAndGrow) {
    auto values = noise(60, 6);
    for (double& value : values) value = 10 + value;
    const Series series{values, 12};
    const auto widths = half_widths(shrunken(series, 12, Core::theta), series, 0.01);
    for (std::size_t h = 0; h < 12; ++h) EXPECT_GE(widths.at95[h], 1.2 * widths.at80[h]);
    EXPECT_GE(widths.at80[11], 0.8 * widths.at80[0]);
    Fit sure;
    sure.variance.assign(4, 0.0);
    const std::vector<double> same(30, 5.0);
    for (const double half : half_widths(sure, {same, 12}, 0.01).at80) EXPECT_NEAR(half, 0.0128155, 1e-6);
}

TEST(Intervals, RollingErrorsNeedOrigins) {
    const auto values = noise(24, 8);
    EXPECT_TRUE(rolling_errors({values, 12}, 6).empty());
    const auto longer = noise(60, 8);
    const auto seen = rolling_errors({longer, 12}, 6);
    ASSERT_EQ(seen.size(), 6u);
    for (const double one : seen) EXPECT_NEAR(one, 1.1, 0.5);
}

}  // namespace
}  // namespace fin::forecast
