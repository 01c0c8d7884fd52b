// SQL face of Benford's law: conversion only, the test is in src/anomaly/benford.
#include "anomaly/benford.hpp"

#include "aggregate_state.hpp"
#include "datum.hpp"

using namespace fin;
using namespace fin::pg;
using anomaly::DigitCounts;

FIN_FUNCTION(fin_benford_step) {
    if (PG_ARGISNULL(1)) return unchanged_state(fcinfo);
    auto& counts = state_of<DigitCounts>(fcinfo);
    counts.add(PG_GETARG_FLOAT8(1));
    return PointerGetDatum(&counts);
}

FIN_FUNCTION(fin_benford_combine) {
    const auto* other = given_state<DigitCounts>(fcinfo, 1);
    if (!other) return unchanged_state(fcinfo);
    auto& counts = state_of<DigitCounts>(fcinfo);
    counts.add(*other);
    return PointerGetDatum(&counts);
}

FIN_FUNCTION(fin_benford_serial) {
    const auto* counts = given_state<DigitCounts>(fcinfo, 0);
    auto* bytes = guard([] { return static_cast<bytea*>(palloc(VARHDRSZ + sizeof(DigitCounts))); });
    SET_VARSIZE(bytes, VARHDRSZ + sizeof(DigitCounts));
    std::memcpy(VARDATA(bytes), counts, sizeof(DigitCounts));
    PG_RETURN_BYTEA_P(bytes);
}

// Between the processes of one statement only: the bytes never outlive it.
FIN_FUNCTION(fin_benford_deserial) {
    const std::string_view bytes = bytes_of(PG_GETARG_DATUM(0));
    if (!AggCheckCallContext(fcinfo, nullptr) || bytes.size() != sizeof(DigitCounts))
        throw Error(ErrorCode::bad_data, "state of fin_benford is damaged");
    auto& counts = *state_in<DigitCounts>(CurrentMemoryContext);
    std::memcpy(&counts, bytes.data(), sizeof(DigitCounts));
    return PointerGetDatum(&counts);
}

// Without rows too there is a status and a reason.
FIN_FUNCTION(fin_benford_final) {
    const auto* counts = given_state<DigitCounts>(fcinfo, 0);
    return jsonb_of(anomaly::benford_json(counts ? *counts : DigitCounts()));
}
