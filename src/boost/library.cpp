#include "boost/library.hpp"

#include <dlfcn.h>

#include <optional>
#include <string>

#include "boost/signals_blocked.hpp"
#include "error.hpp"

namespace fin::boost {

namespace {

constexpr const char* names[] = {"libxgboost.so.0", "libxgboost.so"};
constexpr int least_major = 1, least_minor = 6;  // the first with XGBoosterSaveModelToBuffer

[[noreturn]] void refuse(const std::string& message, const std::string& detail) {
    throw Error(ErrorCode::not_found, message, detail,
                "Training needs XGBoost 1.6 or later: install the Debian package libxgboost0. Models are evaluated "
                "without it.");
}

template <class Function>
void find(void* handle, const char* name, Function*& function) {
    // POSIX: a data pointer from dlsym may be made one of a function.
    function = reinterpret_cast<Function*>(dlsym(handle, name));
    if (!function) refuse("libxgboost cannot be used", std::string("It has no function ") + name + ".");
}

Library open() {
    const SignalsBlocked blocked;  // for whatever its initialisation starts
    void* handle = nullptr;
    std::string detail;
    for (const char* name : names) {
        handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (handle) break;
        const char* problem = dlerror();
        if (detail.empty() && problem) detail = problem;
    }
    if (!handle) refuse("libxgboost is not installed", detail);
    Library library{};
    find(handle, "XGBoostVersion", library.version);
    int major = 0, minor = 0, patch = 0;
    library.version(&major, &minor, &patch);
    if (major < least_major || (major == least_major && minor < least_minor))
        refuse("libxgboost is too old", "It is version " + std::to_string(major) + "." + std::to_string(minor) + "." +
                                            std::to_string(patch) + ".");
    find(handle, "XGBGetLastError", library.last_error);
    find(handle, "XGBSetGlobalConfig", library.set_global_config);
    find(handle, "XGDMatrixCreateFromMat_omp", library.matrix_create);
    find(handle, "XGDMatrixSetFloatInfo", library.matrix_set_floats);
    find(handle, "XGDMatrixFree", library.matrix_free);
    find(handle, "XGBoosterCreate", library.booster_create);
    find(handle, "XGBoosterSetParam", library.booster_set);
    find(handle, "XGBoosterUpdateOneIter", library.booster_update);
    find(handle, "XGBoosterSaveModelToBuffer", library.booster_save);
    find(handle, "XGBoosterFree", library.booster_free);
    return library;
}

}  // namespace

const Library& library() {
    static std::optional<Library> opened;  // after a failure the next call tries again: it may be installed by then
    if (!opened) opened = open();
    return *opened;
}

}  // namespace fin::boost
