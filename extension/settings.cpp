// Settings pg_fin.* and what happens when the library is loaded. Safe to preload.
#include "accounts.hpp"
#include "bridge.hpp"
#include "helper.hpp"
#include "modules.hpp"
#include "scan.hpp"
#include "secret.hpp"

namespace {

char* workspace = nullptr;

}  // namespace

// The name is PostgreSQL's.
FIN_EXPORT void _PG_init();  // NOLINT(bugprone-reserved-identifier)

void _PG_init() {  // NOLINT(bugprone-reserved-identifier)
    DefineCustomStringVariable(
        "pg_fin.workspace", "Workspace that imports and attached tables go to.",
        "The id of a workspace; needed only by a member of several. Checked against memberships when it is used.",
        &workspace, "", PGC_USERSET, 0, nullptr, nullptr, nullptr);
    fin::pg::define_secret_settings();
    fin::pg::define_token_settings();
    fin::pg::define_helper_settings();
    fin::pg::define_scan_settings();
    fin::workers::initialise(process_shared_preload_libraries_in_progress);
    MarkGUCPrefixReserved("pg_fin");
}
