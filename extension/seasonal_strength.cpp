// SQL face of the seasonal strength: conversion only, the arithmetic is in src/timeseries/strength.
#include "timeseries/strength.hpp"

#include "aggregate_state.hpp"

using namespace fin;
using namespace fin::pg;

namespace {

constexpr std::size_t most_values = 1'000'000;

struct Values {
    std::vector<double> values;
    int period = 12;
};

}  // namespace

FIN_FUNCTION(fin_seasonal_strength_step) {
    if (PG_ARGISNULL(1)) return unchanged_state(fcinfo);
    auto& state = state_of<Values>(fcinfo);
    const double value = PG_GETARG_FLOAT8(1);
    if (!std::isfinite(value)) throw Error(ErrorCode::out_of_domain, "value is not a finite number");
    if (PG_NARGS() > 2) {
        const int period = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT32(2);
        if (period < 2 || period > 366) throw Error(ErrorCode::invalid_argument, "period must lie between 2 and 366");
        state.period = period;
    }
    if (state.values.size() >= most_values)
        throw Error(ErrorCode::limit_exceeded, "too many values for a seasonal strength",
                    "At most " + std::to_string(most_values) + " can be taken.");
    state.values.push_back(value);
    return PointerGetDatum(&state);
}

FIN_FUNCTION(fin_seasonal_strength_final) {
    const auto* state = given_state<Values>(fcinfo, 0);
    if (!state) PG_RETURN_NULL();
    const auto strength = timeseries::season_share(state->values, state->period);
    if (!strength) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(*strength);
}
