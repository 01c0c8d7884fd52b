// Seasonal-trend decomposition by loess (Cleveland, Cleveland, McRae, Terpenning 1990).
#pragma once
#include <span>
#include <vector>

namespace fin::timeseries {

struct StlOptions {
    int period = 12;
    int seasonal = 11;    // length of the seasonal smoother, odd; 11 as in the feature sets that define the strengths
    bool robust = false;  // down-weights outliers: 15 outer passes of 2 inner ones instead of 5 inner ones
    int seasonal_degree = 1;  // of the seasonal smoother: 1 lines, 0 levels (as R's stl), steadier for forecasts
};

struct Decomposition {
    std::vector<double> trend, seasonal, remainder;
    std::vector<double> weights;  // robustness weight of each value, 0..1; all 1 where not robust
};

// Lines (degree 1) in trend and low-pass smoother; lengths of trend and low-pass smoother as the paper recommends:
// smallest odd numbers above 1.5 period / (1 - 1.5 / seasonal) and above period. Throws Error{invalid_argument} for
// less than two periods or options that are no smoother.
Decomposition stl(std::span<const double> values, const StlOptions& options);

// Loess at each of the equally spaced values with tricube weights over `length` neighbours; degree 0 or 1.
std::vector<double> loess(std::span<const double> values, int length, int degree, std::span<const double> weights = {});

}  // namespace fin::timeseries
