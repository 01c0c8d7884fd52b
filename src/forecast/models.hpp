// The models one can ask for. Each throws Error{not_converged} or Error{invalid_argument} where it cannot be fitted to
// the series (too short, wrong sign); whoever combines models goes on without it.
#pragma once
#include <optional>

#include "forecast/model.hpp"

namespace fin::forecast {

// ---- arima.cpp and its neighbours arima_*.cpp
struct ArimaOrder {
    int p = 0, d = 0, q = 0, P = 0, D = 0, Q = 0;
    bool constant = false;  // mean where d + D = 0, drift where d + D = 1
};
// Exact Gaussian maximum likelihood of one order (Box and Jenkins; Brockwell and Davis 1991, ch. 8).
Fit arima(const Series& series, int horizon, const ArimaOrder& order, const InterruptCheck& check = never_interrupted);
// Same with missing values (NaN) inside the history, by a column for each missing value (Gómez, Maravall and Peña
// 1999). auto_arima takes it where it meets a NaN.
struct ArimaLimits {
    int max_p = 5, max_q = 5, max_P = 2, max_Q = 2, max_d = 2, max_D = 1;
    bool stationary = false;
};
// Automatic order (Hyndman and Khandakar 2008): D by seasonal strength, d by KPSS, stepwise AICc.
Fit auto_arima(const Series& series, int horizon, const ArimaLimits& limits = {},
               const InterruptCheck& check = never_interrupted);

// ---- ets.cpp and its neighbours ets_*.cpp
enum class EtsError { additive, multiplicative };
enum class EtsTrend { none, additive, damped };
enum class EtsSeason { none, additive, multiplicative };
struct EtsForm {
    EtsError error = EtsError::additive;
    EtsTrend trend = EtsTrend::none;
    EtsSeason season = EtsSeason::none;
};
// One form by maximum likelihood (Hyndman, Koehler, Ord, Snyder 2008).
Fit ets(const Series& series, int horizon, const EtsForm& form, const InterruptCheck& check = never_interrupted);
// Choice of form by AICc among the admissible ones; multiplicative forms only for positive values.
Fit auto_ets(const Series& series, int horizon, const InterruptCheck& check = never_interrupted);

// ---- theta.cpp
Fit theta(const Series& series, int horizon);          // Assimakopoulos and Nikolopoulos 2000, as forecast::thetaf
Fit dynamic_theta(const Series& series, int horizon);  // dynamic optimised, Fiorucci et al. 2016

// ---- one file each
Fit stl_ets(const Series& series, int horizon, const InterruptCheck& check = never_interrupted);  // stl_model.cpp
Fit seasonal_naive(const Series& series, int horizon);                                            // naive.cpp
Fit drift(const Series& series, int horizon);       // naive.cpp: random walk with drift
Fit mean_level(const Series& series, int horizon);  // naive.cpp
// linear.cpp: straight line and seasonal dummies, both shrunken; what is left of the last residual fades
Fit linear(const Series& series, int horizon);

// Prophet-style (Taylor and Letham 2018): trend with changepoints or flat, season by position or Fourier terms, events.
struct Event {
    std::string name;
    std::vector<int> steps;  // indices into history and future (history length + step - 1)
};
struct PiecewiseOptions {
    int changepoints = 25;
    double changepoint_scale = 0.05;
    bool flat = false;
    std::vector<Event> events = {};
};
Fit piecewise(const Series& series, int horizon, const PiecewiseOptions& options = {},
              const InterruptCheck& check = never_interrupted);  // piecewise.cpp

// Intermittent demand, for series with many zeros: Croston 1972, Syntetos and Boylan 2005, Teunter et al. 2011.
enum class Intermittent { croston, sba, tsb };
Fit intermittent(const Series& series, int horizon, Intermittent method);  // intermittent.cpp

}  // namespace fin::forecast
