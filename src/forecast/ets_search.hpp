// The maximum of a form's likelihood.
#pragma once
#include "forecast/ets_recursion.hpp"

namespace fin::forecast {

struct EtsOptimum {
    EtsSmoothing smoothing;
    EtsState state;        // before the first value, season normalised (mean 0 or 1)
    double criterion = 0;  // -2 log-likelihood without constants
};

// All unknowns at once by Levenberg and Marquardt: the criterion is the logarithm of a sum of squares, the predictions
// have cheap exact derivatives, and where the season is additive they are linear in the states, so one step finds
// those. Nelder and Mead in 17 dimensions needs some hundred times the work and stops earlier.
// Several starts, since the criterion has local optima in the smoothing parameters.
// Throws Error{not_converged} where no start is possible.
EtsOptimum maximise_likelihood(const EtsForm& form, std::span<const double> values, int period);

}  // namespace fin::forecast
