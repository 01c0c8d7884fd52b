// libxgboost, opened when somebody trains for the first time: nothing else needs it, and pg_fin is not linked to it.
#pragma once
#include <cstdint>

namespace fin::boost {

// The functions of XGBoost's C API that training calls, as its c_api.h declares them.
struct Library {
    using Handle = void*;
    void (*version)(int* major, int* minor, int* patch);
    const char* (*last_error)();
    int (*set_global_config)(const char* json);
    int (*matrix_create)(const float* data, std::uint64_t rows, std::uint64_t columns, float missing, Handle* out,
                         int threads);
    int (*matrix_set_floats)(Handle matrix, const char* field, const float* values, std::uint64_t count);
    int (*matrix_free)(Handle matrix);
    int (*booster_create)(const Handle matrices[], std::uint64_t count, Handle* out);
    int (*booster_set)(Handle booster, const char* name, const char* value);
    int (*booster_update)(Handle booster, int round, Handle matrix);
    int (*booster_save)(Handle booster, const char* config, std::uint64_t* size, const char** bytes);
    int (*booster_free)(Handle booster);
};

// Throws Error{not_found} where it is not installed or too old. It stays open as long as the process: OpenMP's threads
// run its code.
const Library& library();

}  // namespace fin::boost
