// Calibrated prediction intervals and joint error paths of a forecast.
#pragma once
#include <functional>
#include <span>
#include <vector>

#include "forecast/forecast.hpp"
#include "forecast/model.hpp"

namespace fin::forecast {

// Half widths of the 80 and 95 % intervals by step.
struct HalfWidths {
    std::vector<double> at80, at95;
};

// What a cheap stand-in of the combination (theta with shrunken season) got wrong at past origins, by step: root mean
// squares over up to 24 origins of the last third, made smooth over steps; empty where there are too few origins.
std::vector<double> rolling_errors(const Series& series, int horizon);

// The width of a step is the geometric mean of the models' deviation and of what was seen at past origins (or over the
// last season, where the history is too short for origins), times a factor that many series gave
// (interval_factors.hpp), never below the standard deviation `least`.
HalfWidths half_widths(const Fit& fit, const Series& series, double least);

// The quantile of a standardised error at probability p that the two half widths define: a z + b z^3 of the normal z,
// symmetrical, heavier in the tails than normal where at95 / at80 is above 1.53.
double error_quantile(double half80, double half95, double p);

inline constexpr int path_count = 500;

// Paths of errors [path][step]. Their course is a bootstrap of blocks of one-step errors of the past carried forward by
// the models' growth of variance; at each step the paths are then given the calibrated quantiles in the order of
// their size, so that every step has its calibrated width and steps keep their dependence. Blocks are drawn by a fixed
// seed, by the number of residuals and the horizon alone: series of the same history take the same moments of the
// past in the same order, and keep their dependence between them as well.
std::vector<std::vector<double>> error_paths(std::span<const double> residuals, std::span<const double> variance,
                                             const HalfWidths& widths, const InterruptCheck& check = never_interrupted);

// The course a path takes on average whose sum over the horizon is at the 90 % (optimistic: high) or the 10 % point
// (pessimistic: low) of the paths' sums: at step k beta_k times that point, where beta_k is the regression of the error
// at k on the sum, so that the scenario's own sum is that point. Kept between lo80 and hi80.
struct Scenarios {
    std::vector<double> optimistic, pessimistic;  // errors to add to the prediction
};
Scenarios scenarios(const std::vector<std::vector<double>>& paths, const HalfWidths& widths);

}  // namespace fin::forecast
