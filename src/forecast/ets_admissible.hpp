// Bounds of the smoothing parameters.
#pragma once
#include "forecast/ets_recursion.hpp"

namespace fin::forecast {

constexpr double kEtsLeast = 1e-4, kEtsGreatest = 0.9999, kPhiLeast = 0.8, kPhiGreatest = 0.98;

// Do old values lose their weight? All roots of the characteristic polynomial of the discount matrix lie in the unit
// circle (Hyndman, Akram and Archibald 2008). Within the usual bounds only seasonal forms can fail.
bool admissible(const EtsSmoothing& smoothing, int period);

}  // namespace fin::forecast
