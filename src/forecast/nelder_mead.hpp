// Minimum of a function of a few variables without derivatives.
#pragma once
#include <functional>
#include <vector>

namespace fin::forecast {

struct NelderMeadOptions {
    int evaluations = 500;
    double tolerance = 1e-8;  // of the function's values over the simplex, relative
    double step = 0.1;        // edge of the first simplex, relative to a coordinate; absolute where that is 0
};

struct NelderMeadResult {
    std::vector<double> at;
    double value = 0;
    int evaluations = 0;
    bool converged = false;
};

// Nelder and Mead 1965, with the shrinking and the order of ties of Lagarias et al. 1998, so that the same function
// gives the same bits. Infinity and NaN are walls; the start itself must be finite (otherwise it comes back
// unconverged).
NelderMeadResult nelder_mead(const std::function<double(const std::vector<double>&)>& function,
                             std::vector<double> start, const NelderMeadOptions& options = {});

}  // namespace fin::forecast
