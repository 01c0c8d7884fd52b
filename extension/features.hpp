// An array of numbers from SQL as a row of features.
#pragma once
#include <limits>

#include "bridge.hpp"

namespace fin::pg {

// How many values the array holds; throws Error{invalid_argument} where it has several dimensions.
inline std::size_t feature_count(Datum array) {
    const int dimensions = guard([&] { return ARR_NDIM(DatumGetArrayTypeP(array)); });
    if (dimensions > 1)
        throw Error(ErrorCode::invalid_argument, "features have more than one dimension",
                    "The array has " + std::to_string(dimensions) + ".", "Give one row of numbers.");
    return guard([&]() -> std::size_t {
        const ArrayType* values = DatumGetArrayTypeP(array);
        return static_cast<std::size_t>(ArrayGetNItems(ARR_NDIM(values), ARR_DIMS(values)));
    });
}

// Below guard(): the first `count` values of a float8[], NaN for NULL. How many there are, -1 for several dimensions.
inline int plain_features(Datum array, double* into, int count) {
    ArrayType* values = DatumGetArrayTypeP(array);
    if (ARR_NDIM(values) > 1) return -1;
    const int given = ArrayGetNItems(ARR_NDIM(values), ARR_DIMS(values));
    const bits8* known = ARR_NULLBITMAP(values);
    const char* at = ARR_DATA_PTR(values);
    for (int i = 0; i < given && i < count; ++i) {
        into[i] = std::numeric_limits<double>::quiet_NaN();
        if (known && !(known[i / 8] & (1 << (i % 8)))) continue;
        std::memcpy(&into[i], at, sizeof(double));
        at += sizeof(double);
    }
    return given;
}

}  // namespace fin::pg
