// Nonlinear least squares in a box by Levenberg and Marquardt, for the likelihoods that are sums of squares.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace fin::forecast {

// Fills the residuals at x; false where there are none at x.
using Residuals = std::function<bool(std::span<const double> x, std::span<double> residuals)>;

struct LeastSquaresOptions {
    double bound = 6;         // |x| never exceeds it; tanh(6) is as near 1 as likelihoods can tell
    double tolerance = 1e-7;  // stops where a step lowers log(sum of squares) by less
    int iterations = 60;
};

struct Minimum {
    std::vector<double> x;
    double sum = 0;  // of squares
    bool found = false;
};

// Minimum near `start` of the sum of `count` squared residuals. found is false where there are none at the start.
Minimum least_squares(const Residuals& residuals, std::size_t count, std::vector<double> start,
                      const LeastSquaresOptions& options = {});

// Solves the symmetric positive definite system a x = b (a row by row, n x n); false where a is not. Overwrites a by
// its Cholesky factor and b by x.
bool solve_positive(std::span<double> a, std::span<double> b);

}  // namespace fin::forecast
