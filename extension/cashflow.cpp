// SQL face of the cash-flow mathematics: conversion only, the arithmetic is in src/metrics/cashflow.
#include "metrics/cashflow.hpp"

#include "aggregate_state.hpp"

using namespace fin;
using namespace fin::pg;

namespace {

constexpr std::size_t most_flows = 5'000'000;

struct Discounted {
    double rate = 0, factor = 1, sum = 0;
    bool started = false;
};

struct Ends {
    double first = 0, last = 0;
    std::int64_t count = 0;
};

void check_finite(double amount) {
    if (!std::isfinite(amount)) throw Error(ErrorCode::out_of_domain, "cash flow is not a finite number");
}

template <class T>
void append(std::vector<T>& flows, const T& flow) {
    if (flows.size() >= most_flows)
        throw Error(ErrorCode::limit_exceeded, "too many cash flows for a rate of return",
                    "At most " + std::to_string(most_flows) + " can be taken.", "Sum the flows by day or month first.");
    flows.push_back(flow);
}

Datum rate_of(FunctionCallInfo fcinfo, const metrics::Rates& rates) {
    const auto rate = rates.best();
    if (!rate || !std::isfinite(*rate)) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(*rate);
}

}  // namespace

FIN_FUNCTION(fin_npv_step) {
    if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return unchanged_state(fcinfo);
    auto& state = state_of<Discounted>(fcinfo);
    const double rate = PG_GETARG_FLOAT8(1), amount = PG_GETARG_FLOAT8(2);
    check_finite(amount);
    if (!state.started) {
        metrics::npv(rate, {});  // refuses a rate that is none
        state.rate = rate;
        state.started = true;
    } else if (rate != state.rate) {
        throw Error(ErrorCode::invalid_argument, "the discount rate changes between rows",
                    "It is " + std::to_string(state.rate) + " and " + std::to_string(rate) + ".",
                    "fin_npv discounts all amounts at one rate.");
    }
    state.factor /= 1 + rate;
    state.sum += amount * state.factor;
    return PointerGetDatum(&state);
}

FIN_FUNCTION(fin_npv_final) {
    const auto* state = given_state<Discounted>(fcinfo, 0);
    if (!state) PG_RETURN_NULL();
    if (!std::isfinite(state->sum))
        throw Error(ErrorCode::out_of_domain, "present value is out of range",
                    "The rate is " + std::to_string(state->rate) + ".");
    PG_RETURN_FLOAT8(state->sum);
}

FIN_FUNCTION(fin_irr_step) {
    if (PG_ARGISNULL(1)) return unchanged_state(fcinfo);
    auto& amounts = state_of<std::vector<double>>(fcinfo);
    const double amount = PG_GETARG_FLOAT8(1);
    check_finite(amount);
    append(amounts, amount);
    return PointerGetDatum(&amounts);
}

FIN_FUNCTION(fin_irr_final) {
    const auto* amounts = given_state<std::vector<double>>(fcinfo, 0);
    if (!amounts) PG_RETURN_NULL();
    return rate_of(fcinfo, metrics::irr(*amounts, check_interrupts));
}

using Flows = std::vector<metrics::CashFlow>;

FIN_FUNCTION(fin_xirr_step) {
    if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return unchanged_state(fcinfo);
    auto& flows = state_of<Flows>(fcinfo);
    const double amount = PG_GETARG_FLOAT8(1);
    const DateADT day = PG_GETARG_DATEADT(2);
    check_finite(amount);
    if (DATE_NOT_FINITE(day)) throw Error(ErrorCode::out_of_domain, "cash flow on an infinite date");
    append(flows, {static_cast<double>(day), amount});
    return PointerGetDatum(&flows);
}

FIN_FUNCTION(fin_xirr_final) {
    const auto* flows = given_state<Flows>(fcinfo, 0);
    if (!flows) PG_RETURN_NULL();
    return rate_of(fcinfo, metrics::xirr(*flows, check_interrupts));
}

FIN_FUNCTION(fin_xirr_combine) {
    const auto* other = given_state<Flows>(fcinfo, 1);
    if (!other) return unchanged_state(fcinfo);
    auto& flows = state_of<Flows>(fcinfo);
    for (const auto& flow : *other) append(flows, flow);
    return PointerGetDatum(&flows);
}

FIN_FUNCTION(fin_xirr_serial) {
    const auto* flows = given_state<Flows>(fcinfo, 0);
    const std::size_t size = flows->size() * sizeof(metrics::CashFlow);
    auto* bytes = guard([&] { return static_cast<bytea*>(palloc(VARHDRSZ + size)); });
    SET_VARSIZE(bytes, VARHDRSZ + size);
    std::memcpy(VARDATA(bytes), flows->data(), size);
    PG_RETURN_BYTEA_P(bytes);
}

// Between the processes of one statement only: the bytes never outlive it.
FIN_FUNCTION(fin_xirr_deserial) {
    const auto* bytes = guard([&] { return PG_GETARG_BYTEA_PP(0); });
    const std::size_t size = VARSIZE_ANY_EXHDR(bytes);
    if (size % sizeof(metrics::CashFlow) != 0 || size / sizeof(metrics::CashFlow) > most_flows)
        throw Error(ErrorCode::bad_data, "state of fin_xirr is damaged");
    auto& flows = *state_in<Flows>(CurrentMemoryContext);
    flows.resize(size / sizeof(metrics::CashFlow));
    std::memcpy(flows.data(), VARDATA_ANY(bytes), size);
    return PointerGetDatum(&flows);
}

FIN_FUNCTION(fin_cagr_step) {
    if (PG_ARGISNULL(1)) return unchanged_state(fcinfo);
    auto& ends = state_of<Ends>(fcinfo);
    const double value = PG_GETARG_FLOAT8(1);
    if (!std::isfinite(value)) throw Error(ErrorCode::out_of_domain, "value is not a finite number");
    if (ends.count++ == 0) ends.first = value;
    ends.last = value;
    return PointerGetDatum(&ends);
}

FIN_FUNCTION(fin_cagr_final) {
    const auto* ends = given_state<Ends>(fcinfo, 0);
    if (!ends) PG_RETURN_NULL();
    const auto rate = metrics::cagr(ends->first, ends->last, static_cast<double>(ends->count - 1));
    if (!rate) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(*rate);
}

FIN_FUNCTION(fin_cagr) {
    const double first = PG_GETARG_FLOAT8(0), last = PG_GETARG_FLOAT8(1), years = PG_GETARG_FLOAT8(2);
    if (!std::isfinite(first) || !std::isfinite(last) || !std::isfinite(years))
        throw Error(ErrorCode::out_of_domain, "value is not a finite number");
    const auto rate = metrics::cagr(first, last, years);
    if (!rate) PG_RETURN_NULL();
    if (!std::isfinite(*rate)) throw Error(ErrorCode::out_of_domain, "growth rate is out of range");
    PG_RETURN_FLOAT8(*rate);
}
