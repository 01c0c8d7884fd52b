// What a model is given and what it gives back. Every model is one function of a series and a horizon.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "interrupt.hpp"

namespace fin::forecast {

// Equally spaced values, oldest first, finite, rescaled by the caller to a level near 1 (scale.hpp). Models for
// positive values only look at the values themselves.
struct Series {
    std::span<const double> values;
    int period = 1;  // observations in a season: 12, 4, 7, 52; 1 where there is none
};

struct Parameter {
    std::string name;  // alpha, phi1, sigma2 ...
    double value;
};

// Additive parts of one value: level + trend + season + event + remainder = value (remainder is 0 in the future).
struct Parts {
    double level = 0, trend = 0, season = 0, event = 0, remainder = 0;
};

// One model on one series. Vectors over history have the series' length, vectors over the future the horizon's.
struct Fit {
    std::string model;             // as people of the field write it: ARIMA(0,1,1)(0,1,1)[12], ETS(M,Ad,M), Theta
    std::vector<double> fitted;    // one-step-ahead predictions inside the history
    std::vector<double> mean;      // forecasts, in the scale of the series
    std::vector<double> variance;  // of the forecast error by horizon, from the model alone (innovations)
    std::vector<Parts> history;    // decomposition of each past value
    std::vector<Parts> future;     // decomposition of each forecast
    std::vector<Parameter> parameters;
    double sigma2 = 0;          // variance of the one-step error
    double log_likelihood = 0;  // NaN where the method has none
    double aicc = 0;            // NaN where the method has none; comparable inside a family only
    bool seasonal = false;      // does the model use the season
    bool trended = false;       // does the forecast move beside the season
};

}  // namespace fin::forecast
