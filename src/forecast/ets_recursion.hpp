// The recursions of exponential smoothing: one-step predictions of a history, the states behind them, and their
// derivatives. Notation of Hyndman, Koehler, Ord and Snyder 2008, table 2.1 (beta, gamma are theirs, as in R's
// forecast).
#pragma once
#include <Eigen/Dense>
#include <span>
#include <vector>

#include "forecast/models.hpp"

namespace fin::forecast {

struct EtsSmoothing {
    double alpha = 0.1, beta = 0, gamma = 0, phi = 1;
};

// Season by phase: season[t % period] is the index in force at step t.
struct EtsState {
    double level = 0, trend = 0;
    std::vector<double> season;
};

// Which unknowns a form has and where they stand in the vector the optimiser sees; -1 where the form has none.
// With a season the level is no unknown of its own: shifting it against all the indices changes nothing.
struct EtsLayout {
    int alpha = 0, beta = -1, gamma = -1, phi = -1, level = -1, trend = -1, season = -1;
    int period = 1, size = 0;
    EtsForm form;

    EtsLayout(const EtsForm& form, int period);
    int free_parameters() const;  // smoothing parameters and states as R counts them, without the variance
};

// Sums that make the likelihood: L = n log(squares) + 2 log_predictions is -2 log-likelihood without constants.
struct EtsSums {
    double squares = 0, log_predictions = 0;
    bool possible = false;  // false where a form for positive values predicts something else
    double criterion(std::size_t n) const;
};

struct EtsTrace {
    std::vector<double> fitted, level, trend, season;  // parts of each prediction, before its value was seen
};

// Runs through the history; `state` becomes the state after the last value. Fills `trace` where one is given.
EtsSums run(const EtsForm& form, const EtsSmoothing& smoothing, EtsState& state, std::span<const double> values,
            EtsTrace* trace = nullptr);

// Same, with the derivatives by all unknowns of the layout (smoothing parameters in their natural scale).
struct EtsDerivatives {
    Eigen::VectorXd errors;        // relative where the error is multiplicative
    Eigen::MatrixXd jacobian;      // of the errors, one column a step
    Eigen::VectorXd log_gradient;  // of log_predictions
};
EtsSums run(const EtsLayout& layout, const EtsSmoothing& smoothing, EtsState state, std::span<const double> values,
            EtsDerivatives& derivatives);

}  // namespace fin::forecast
