// Estimation of one ARIMA order: internal to arima*.cpp.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "forecast/arima_likelihood.hpp"
#include "forecast/models.hpp"

namespace fin::forecast {

// The series differenced once, shared by all orders with the same d and D.
struct Differenced {
    std::vector<double> whole;              // the series, missing values filled in
    std::vector<double> values;             // less than the series by d + period D
    std::vector<double> drift;              // what a constant adds to each of them: 1, or the differenced time index
    std::vector<std::vector<double>> gaps;  // one column for each missing value
    std::vector<std::size_t> missing;       // their places in the series
    int d = 0, D = 0, period = 1;
};
// Missing values (NaN) are filled in by straight lines, and each gets a column that takes the filling back.
Differenced differenced(std::span<const double> values, int d, int D, int period);

struct Estimate {
    ArimaOrder order;
    std::vector<double> x;                 // transformed coefficients the search ended at
    std::vector<double> ar, ma, sar, sma;  // factors: 1 - ar B ..., 1 + ma B ...
    Arma model;                            // multiplied out
    double log_likelihood = 0, aicc = 0;
    double sigma2 = 0;    // as R reports it: divided by observations less coefficients
    double constant = 0;  // of drift[t]
    bool found = false;
};

struct EstimateOptions {
    double tolerance = 1e-7;         // of log(sum of squares)
    const Estimate* near = nullptr;  // an estimate of this or a neighbouring order to start from
    bool conditional = true;         // start from conditional least squares, where that is better
    bool thorough =
        false;  // also from zeros and from moving averages near the unit circle: likelihoods have several hills
};

Estimate estimate(const Differenced& series, const ArimaOrder& order, const EstimateOptions& options = {});

// The filter with what it takes to run it again at an estimate.
ExactLikelihood filter_of(const Differenced& series, bool constant);

// Whether all roots keep a distance of 1 % from the unit circle: else forecasts hang on rounding. Seasonal factors are
// judged as polynomials in B^period. R judges them in B, where a coefficient of 0.89 is as good as a unit root already
// (0.89^(1/12) = 0.99), and so throws the best models of strong but changing seasons away.
bool well_inside(const Estimate& estimate);

// Throws Error{invalid_argument} for what no order can be fitted to: no values, infinite ones, most of them missing.
void check_series(const Series& series, int horizon);

// What the caller gets of an estimate.
Fit describe(const Series& series, int horizon, const Differenced& differenced, const Estimate& estimate);
// An order without coefficients but a constant, on values that do not vary after differencing: an exact continuation.
Fit describe_exact(const Series& series, int horizon, const ArimaOrder& order);

std::string name_of(const ArimaOrder& order, int period);

}  // namespace fin::forecast
