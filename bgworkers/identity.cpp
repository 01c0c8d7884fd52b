#include "identity.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "datum.hpp"
#include "settings.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_extension.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "utils/timeout.h"
}

namespace fin::workers {

namespace {

// Everything of `error` that is worth keeping, before its memory goes with the transaction.
SqlError kept(const pg::PgError& error) {
    const ErrorData* data = error.data;
    std::string state = unpack_sql_state(data->sqlerrcode);
    return SqlError(data->message ? data->message : "", std::move(state), data->detail ? data->detail : "");
}

// What PostgreSQL's own main loop does after an error.
void roll_back() {
    pg::guard([] {
        HOLD_INTERRUPTS();
        disable_timeout(STATEMENT_TIMEOUT, false);
        QueryCancelPending = false;
        AbortCurrentTransaction();
        RESUME_INTERRUPTS();
    });
}

// `enter` and `leave` run inside the transaction around the work.
template <class Enter, class Leave>
void transaction(const Work& work, Enter enter, Leave leave) {
    // Results of the work are in the transaction's memory; what PostgreSQL leaves current after a commit is not ours.
    MemoryContext caller = CurrentMemoryContext;
    try {
        pg::guard([] {
            SetCurrentStatementStartTimestamp();
            StartTransactionCommand();
            PushActiveSnapshot(GetTransactionSnapshot());
        });
        enter();
        pg::Session session(pg::Access::write);
        work(session);
        session.finish();
        leave();
        pg::guard([] {
            PopActiveSnapshot();
            CommitTransactionCommand();
            pgstat_report_stat(false);
        });
        MemoryContextSwitchTo(caller);
    } catch (const pg::PgError& error) {
        SqlError failure = kept(error);
        roll_back();
        MemoryContextSwitchTo(caller);
        throw failure;
    } catch (...) {
        roll_back();
        MemoryContextSwitchTo(caller);
        throw;
    }
}

std::string identity_of(const Job& job) {
    nlohmann::json identity = {{"db_role", job.db_role}};
    if (!job.user_id.empty()) identity["sub"] = job.user_id;
    if (!job.workspace_id.empty()) identity["ws"] = job.workspace_id;
    return identity.dump(-1, ' ', true);  // ASCII alone: a setting is in the database's encoding
}

}  // namespace

std::string extension_schema() {
    const char* name = pg::guard([]() -> const char* {
        ScanKeyData key;
        ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum("pg_fin"));
        Relation relation = table_open(ExtensionRelationId, AccessShareLock);
        SysScanDesc scan = systable_beginscan(relation, ExtensionNameIndexId, true, nullptr, 1, &key);
        HeapTuple tuple = systable_getnext(scan);
        const Oid schema =
            HeapTupleIsValid(tuple) ? reinterpret_cast<Form_pg_extension>(GETSTRUCT(tuple))->extnamespace : InvalidOid;
        systable_endscan(scan);
        table_close(relation, AccessShareLock);
        const char* found = OidIsValid(schema) ? get_namespace_name(schema) : nullptr;
        return found ? quote_identifier(found) : nullptr;
    });
    return name ? name : "";
}

bool become_worker() {
    bool ready = false;
    try {
        transaction(
            [&](pg::Session& session) {
                ready = !extension_schema().empty() &&
                        !session
                             .run(
                                 "SELECT 1 WHERE "
                                 "to_regprocedure('fin.jobs_claim(bigint,integer,integer,boolean,text[])') IS NOT NULL "
                                 "AND to_regrole('fin_worker') IS NOT NULL")
                             .empty();
                if (!ready) return;
                // The setting rather than the variable behind it: parallel workers inherit the one and not the other.
                pg::guard([] {
                    SetConfigOption("session_authorization", "fin_worker", PGC_SUSET, PGC_S_SESSION);
                    // Statements of a worker are many and short.
                    SetConfigOption("jit", "off", PGC_USERSET, PGC_S_SESSION);
                    SetConfigOption("search_path", "pg_catalog, pg_temp", PGC_SUSET, PGC_S_SESSION);
                });
            },
            [] {}, [] {});
    } catch (const SqlError& failure) {
        ereport(LOG, (errmsg("pg_fin worker cannot work here: %s", failure.what())));
        return false;
    }
    return ready;
}

void as_worker(const Work& work) {
    transaction(
        work, [] {}, [] {});
}

void as_job(const Job& job, double seconds, const Work& work) {
    Oid worker = InvalidOid;
    int context = 0, nesting = 0;
    const std::string identity = identity_of(job);
    const auto enter = [&] {
        pg::guard([&] {
            set_config_option(identity_setting, identity.c_str(), PGC_SUSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0,
                              false);
            // What the job's code sets ends with it. It finds names as in any session of this server: the handlers'
            // own statements qualify theirs.
            nesting = NewGUCNestLevel();
            set_config_option("search_path", GetConfigOptionResetString("search_path"), PGC_USERSET, PGC_S_SESSION,
                              GUC_ACTION_SAVE, true, 0, false);
            GetUserIdAndSecContext(&worker, &context);
            SetUserIdAndSecContext(job.role, context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
            enable_timeout_after(STATEMENT_TIMEOUT, std::max(1, static_cast<int>(std::min(seconds, 1e6) * 1000)));
        });
    };
    const auto leave = [&] {
        pg::guard([&] {
            disable_timeout(STATEMENT_TIMEOUT, false);
            AtEOXact_GUC(false, nesting);
            SetUserIdAndSecContext(worker, context);
        });
    };
    transaction(work, enter, leave);
}

}  // namespace fin::workers
