// One model by the name that callers give it.
#pragma once
#include <string>

#include "forecast/models.hpp"

namespace fin::forecast {

// Throws as the models do (models.hpp), and Error{invalid_argument} for a name that is none or auto.
Fit single_model(const std::string& name, const Series& series, int horizon, const std::vector<Event>& events,
                 const InterruptCheck& check = never_interrupted);

}  // namespace fin::forecast
