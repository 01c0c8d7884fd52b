// Nelder and Mead's search on functions whose minima are known.
#include "forecast/nelder_mead.hpp"

#include <cmath>
#include <limits>

using namespace fin::forecast;

// Rosenbrock's valley: the minimum 0 is at (1, 1).
TEST(NelderMead, FindsTheEndOfACurvedValley) {
    const auto valley = [](const std::vector<double>& x) {
        return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2);
    };
    const auto found = nelder_mead(valley, {-1.2, 1}, {2000, 1e-12, 0.1});
    EXPECT_TRUE(found.converged);
    EXPECT_NEAR(found.at[0], 1, 1e-4);
    EXPECT_NEAR(found.at[1], 1, 1e-4);
    EXPECT_LT(found.value, 1e-8);
}

TEST(NelderMead, TakesInfinityAndNanForWalls) {
    // x log x has its minimum -1/e at 1/e; it is NaN left of 0.
    const auto wall = [](const std::vector<double>& x) {
        return x[0] > 2 ? std::numeric_limits<double>::infinity() : x[0] * std::log(x[0]);
    };
    const auto found = nelder_mead(wall, {1.95}, {500, 1e-12, 0.1});
    EXPECT_NEAR(found.at[0], std::exp(-1.0), 1e-5);
    EXPECT_NEAR(found.value, -std::exp(-1.0), 1e-10);
}

TEST(NelderMead, StopsAtTheGivenNumberOfEvaluations) {
    const auto slope = [](const std::vector<double>& x) { return x[0] + x[1] + x[2]; };
    const auto found = nelder_mead(slope, {0, 0, 0}, {50, 1e-8, 0.1});
    EXPECT_FALSE(found.converged);
    EXPECT_LE(found.evaluations, 55);  // a step begun is ended
}

TEST(NelderMead, ReturnsAnImpossibleStart) {
    const auto nowhere = [](const std::vector<double>&) { return std::numeric_limits<double>::quiet_NaN(); };
    const auto found = nelder_mead(nowhere, {1, 2});
    EXPECT_FALSE(found.converged);
    EXPECT_EQ(found.at, (std::vector<double>{1, 2}));
    EXPECT_FALSE(std::isfinite(found.value));
}

TEST(NelderMead, NothingToSearchIsFound) {
    const auto found = nelder_mead([](const std::vector<double>&) { return 3.0; }, {});
    EXPECT_TRUE(found.converged);
    EXPECT_EQ(found.value, 3);
}
