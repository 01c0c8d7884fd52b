// Levenberg and Marquardt's method on functions with known minima.
#include "forecast/least_squares.hpp"

#include <cmath>

using namespace fin::forecast;

namespace {

// More, Garbow and Hillstrom 1981, number 1: minimum 0 at (1, 1).
TEST(LeastSquares, FindsTheMinimumOfRosenbrock) {
    const auto residuals = [](std::span<const double> x, std::span<double> r) {
        r[0] = 10 * (x[1] - x[0] * x[0]);
        r[1] = 1 - x[0];
        return true;
    };
    LeastSquaresOptions options;
    options.iterations = 200;
    const Minimum found = least_squares(residuals, 2, {-1.2, 1}, options);
    ASSERT_TRUE(found.found);
    EXPECT_NEAR(found.x[0], 1, 1e-4);
    EXPECT_NEAR(found.x[1], 1, 1e-4);
}

TEST(LeastSquares, StaysInTheBoxAndOutOfWhatIsUndefined) {
    const auto residuals = [](std::span<const double> x, std::span<double> r) {
        r[0] = x[0] - 10;
        return x[0] < 3;
    };
    LeastSquaresOptions options;
    options.bound = 2;
    EXPECT_NEAR(least_squares(residuals, 1, {0}, options).x[0], 2, 1e-9);
    EXPECT_FALSE(least_squares(residuals, 1, {5}, options).found);
    options.bound = 20;
    EXPECT_LT(least_squares(residuals, 1, {0}, options).x[0], 3);
}

TEST(LeastSquares, SolvesAndRefuses) {
    std::vector<double> a{4, 2, 2, 3}, b{2, 5};
    ASSERT_TRUE(solve_positive(a, b));
    EXPECT_NEAR(b[0], -0.5, 1e-14);
    EXPECT_NEAR(b[1], 2, 1e-14);
    std::vector<double> singular{1, 1, 1, 1}, c{1, 1};
    EXPECT_FALSE(solve_positive(singular, c));
}

}  // namespace
