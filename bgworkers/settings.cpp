#include "settings.hpp"

#include "bridge.hpp"

namespace fin::workers {

int max_workers = 5;
int patience = 120'000;
const char* const identity_setting = "pg_fin.job_identity";

namespace {

char* identity = nullptr;

}  // namespace

void define_settings() {
    DefineCustomIntVariable("pg_fin.max_workers", "How many background workers of pg_fin run at most in this cluster.",
                            "Each takes one of max_worker_processes. 0 stops them all; jobs wait.", &max_workers, 5, 0,
                            32, PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
    DefineCustomIntVariable(
        "pg_fin.worker_patience", "How long a worker may be without heartbeat until it is replaced.", nullptr,
        &patience, 120'000, 1'000, 86'400'000, PGC_SIGHUP, GUC_SUPERUSER_ONLY | GUC_UNIT_MS, nullptr, nullptr, nullptr);
    // Counts only in sessions of fin_worker, which workers alone have. A placeholder of this name that somebody sets
    // where pg_fin is not loaded is read by nobody.
    DefineCustomStringVariable(identity_setting, "In whose name the running job acts.", nullptr, &identity, "",
                               PGC_SUSET, GUC_NO_SHOW_ALL | GUC_NO_RESET_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE,
                               nullptr, nullptr, nullptr);
}

}  // namespace fin::workers
