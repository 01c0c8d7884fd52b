// Gradient boosting by libxgboost.
#pragma once
#include <string>

#include "boost/options.hpp"
#include "boost/training_rows.hpp"
#include "interrupt.hpp"

namespace fin::boost {

// A model in XGBoost's JSON. `rows` are sorted on the way; there must be one at least. `check` is asked before each
// round. The same rows, options and number of threads give the same bytes.
// Throws Error{not_found} without libxgboost, Error{limit_exceeded} where the model could become too large.
std::string train(TrainingRows& rows, const Options& options, const InterruptCheck& check = never_interrupted);

}  // namespace fin::boost
