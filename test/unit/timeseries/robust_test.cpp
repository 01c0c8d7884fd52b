// Robust statistics on numbers small enough to check by head.
#include "timeseries/robust.hpp"

#include <cmath>

using namespace fin::timeseries;

// Type 7: position p (n - 1); R's quantile(c(1, 2, 3, 4, 10), 0.3) is 2.2.
TEST(Robust, QuantilesInterpolateBetweenOrderStatistics) {
    EXPECT_DOUBLE_EQ(*quantile({10, 3, 1, 4, 2}, 0.3), 2.2);
    EXPECT_DOUBLE_EQ(*quantile({10, 3, 1, 4, 2}, 0), 1);
    EXPECT_DOUBLE_EQ(*quantile({10, 3, 1, 4, 2}, 1), 10);
    EXPECT_FALSE(quantile({}, 0.5));
}

TEST(Robust, MedianIsTheMiddleOrTheMeanOfTheTwoMiddleOnes) {
    EXPECT_DOUBLE_EQ(*median({9, 1, 5}), 5);
    EXPECT_DOUBLE_EQ(*median({9, 1, 5, 6}), 5.5);
    EXPECT_FALSE(median({}));
}

// Distances of 1, 1, 2, 2, 4, 6, 9 from their median 2: 1, 1, 0, 0, 2, 4, 7; median 1.
TEST(Robust, MedianAbsoluteDeviation) {
    const std::vector<double> values = {1, 1, 2, 2, 4, 6, 9};
    EXPECT_DOUBLE_EQ(*median_absolute_deviation(values), 1);
    EXPECT_FALSE(median_absolute_deviation({}));
}

// Slopes of 0, 2, 1, 30 at 0..3: 2, 0.5, 10, -1, 14, 29 -> sorted -1, 0.5, 2, 10, 14, 29, median 6.
TEST(Robust, TheilSenIsTheMedianOfAllSlopes) {
    const std::vector<double> values = {0, 2, 1, 30};
    EXPECT_DOUBLE_EQ(*theil_sen_slope(values), 6);
    EXPECT_FALSE(theil_sen_slope(std::vector<double>{1}));
}

TEST(Robust, OneWildValueDoesNotMoveTheSlope) {
    std::vector<double> values;
    for (int i = 0; i < 12; ++i) values.push_back(5 + 2 * i);
    values[4] = 1e9;
    EXPECT_NEAR(*theil_sen_slope(values), 2, 1e-12);
}

// 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squared distances 32, over 7.
TEST(Robust, VarianceTakesOneDegreeOfFreedom) {
    const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
    EXPECT_DOUBLE_EQ(*mean(values), 5);
    EXPECT_DOUBLE_EQ(*variance(values), 32.0 / 7);
    EXPECT_FALSE(variance(std::vector<double>{1}));
    EXPECT_FALSE(mean({}));
}
