// Where the search for a form's states begins.
#pragma once
#include "forecast/ets_recursion.hpp"

namespace fin::forecast {

// Classical decomposition and a line through the first seasonally adjusted values, as R's forecast::ets.
EtsState starting_state(const EtsForm& form, std::span<const double> values, int period);

}  // namespace fin::forecast
