// Exact Gaussian likelihood of a complete stationary series under an ARMA model, with regressors concentrated out.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "forecast/arima_transform.hpp"

namespace fin::forecast {

// First columns of the covariance of the state, in units of the variance of the shocks: what the recursions start from.
struct ArmaStart {
    double variance = 0;       // of the process
    std::vector<double> gain;  // covariance of the next state with the first value
};
// False where the AR part is not stationary. `start.gain` has max(p, q + 1) elements (the state of Harvey 1989, 3.3).
bool arma_start(const Arma& model, ArmaStart& start);

// The filter over one series and its regressors. It keeps its memory between calls; one object per thread and fit.
class ExactLikelihood {
public:
    // Every column has the series' length. The first `nuisance` columns stand for missing values: their estimates count
    // as observations the likelihood does not have (Gomez, Maravall and Pena 1999).
    ExactLikelihood(std::vector<double> series, std::vector<std::vector<double>> columns, std::size_t nuisance = 0);

    // Runs the filter and concentrates the regressors out. False where the model is not stationary or the regressors
    // cannot be told apart.
    bool evaluate(const Arma& model);

    // Of the last evaluation.
    std::size_t observations() const { return length_ - nuisance_; }  // that count
    double sum_of_squares() const { return sum_; }                    // of innovations / sqrt(their variance / sigma2)
    double log_determinant() const { return log_determinant_; }
    double log_likelihood() const;                                   // with sigma2 = sum_of_squares / observations
    const std::vector<double>& effects() const { return effects_; }  // of the columns
    const std::vector<double>& standardised() const { return standardised_; }  // innovations / sqrt(variance / sigma2)
    const std::vector<double>& innovations() const { return innovations_; }
    const std::vector<double>& next_state() const { return next_state_; }  // series less the regressors, after the end

    // Linear filters of a column alone: what it does to the state after the end.
    const std::vector<double>& column_state(std::size_t column) const { return state_[column + 1]; }
    // Variance of sum(weight * effect), in units of sigma2.
    double effect_variance(std::span<const double> weights) const;

private:
    bool concentrate();

    std::vector<std::vector<double>> columns_;  // the series, then the regressors
    std::size_t length_, nuisance_, size_ = 0;
    ArmaStart start_;
    std::vector<double> phi_, change_, gain_, root_;
    std::vector<std::vector<double>> state_, error_;
    std::vector<double> effects_, standardised_, innovations_, next_state_, normal_, right_;
    double sum_ = 0, log_determinant_ = 0;
};

}  // namespace fin::forecast
