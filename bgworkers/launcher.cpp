#include "launcher.hpp"

#include <algorithm>

#include "bridge.hpp"
#include "settings.hpp"

extern "C" {
#include "access/genam.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_database.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/procsignal.h"
#include "tcop/tcopprot.h"
#include "utils/rel.h"
}

FIN_EXPORT void fin_launcher_main(Datum);
FIN_EXPORT void fin_worker_main(Datum packed);

namespace fin::workers {

namespace {

constexpr long nap = 1'000;                                // milliseconds
constexpr TimestampTz relist = 30 * USECS_PER_SEC;         // look at pg_database
constexpr TimestampTz reprobe = 10 * 60 * USECS_PER_SEC;   // look whether a database has pg_fin by now
constexpr TimestampTz launch_limit = 60 * USECS_PER_SEC;   // until a process that never came is forgotten
constexpr TimestampTz shortest_pause = 5 * USECS_PER_SEC;  // when no process can be had
constexpr TimestampTz longest_pause = 60 * USECS_PER_SEC;

// The handles of the processes of this launcher's life; where it was itself replaced they are missing.
BackgroundWorkerHandle* handles[max_slots];

bool is_live(const Slot& slot) { return slot.phase != Phase::free && slot.phase != Phase::abandoned; }

void list_databases() {
    SetCurrentStatementStartTimestamp();
    StartTransactionCommand();
    PushActiveSnapshot(GetTransactionSnapshot());
    Oid oids[max_databases];
    int count = 0;
    Relation relation = table_open(DatabaseRelationId, AccessShareLock);
    TableScanDesc scan = table_beginscan_catalog(relation, 0, nullptr);
    while (HeapTuple tuple = heap_getnext(scan, ForwardScanDirection)) {
        const auto* row = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple));
        if (row->datallowconn && !row->datistemplate && count < max_databases) oids[count++] = row->oid;
    }
    table_endscan(scan);
    table_close(relation, AccessShareLock);
    PopActiveSnapshot();
    CommitTransactionCommand();
    pgstat_report_activity(STATE_IDLE, nullptr);

    const Locked locked;
    for (Database& database : state->databases) database.listed = false;
    for (int i = 0; i < count; ++i)
        if (Database* database = find_or_add_database(oids[i])) database->listed = true;
    for (Database& database : state->databases)
        if (!database.listed && database.held_by == 0) memset(&database, 0, sizeof database);
}

// Whoever held a database and has gone without a word holds it no longer.
void drop_dead_holds() {
    for (Database& database : state->databases)
        if (database.held_by != 0 && !BackendPidGetProc(database.held_by)) database.held_by = 0;
}

void forget_the_gone(TimestampTz now) {
    for (int i = 0; i < max_slots; ++i) {
        Slot& slot = state->slots[i];
        if (slot.phase != Phase::launching) continue;
        pid_t pid = 0;
        const bool stopped = handles[i] && GetBackgroundWorkerPid(handles[i], &pid) == BGWH_STOPPED;
        if (stopped || now - slot.launched_at > launch_limit) {
            slot.phase = Phase::free;
            slot.database = InvalidOid;
            slot.pid = slot.procno = 0;
        }
    }
}

// A worker without heartbeat is told to end and counts no more. Where it cannot even end it keeps its place until the
// server stops: killing it outright would restart the whole cluster.
void replace_the_silent(TimestampTz now) {
    for (Slot& slot : state->slots) {
        if (!is_live(slot) || slot.pid == 0) continue;
        const auto beaten = static_cast<TimestampTz>(pg_atomic_read_u64(&slot.heartbeat_at));
        if (now - beaten < static_cast<TimestampTz>(patience) * 1000) continue;
        slot.phase = Phase::abandoned;
        kill(slot.pid, SIGTERM);
        ereport(LOG, (errmsg("pg_fin worker with process %d gave no sign of life for %d s and is replaced", slot.pid,
                             patience / 1000)));
        if (Database* database = find_database(slot.database)) database->asked = true;
    }
}

struct Count {
    int live = 0, ready = 0;
};
Count count_of(Oid database) {
    Count count;
    for (const Slot& slot : state->slots) {
        if (!is_live(slot) || slot.database != database) continue;
        ++count.live;
        if (slot.phase != Phase::working) ++count.ready;
    }
    return count;
}
int count_all() { return static_cast<int>(std::count_if(std::begin(state->slots), std::end(state->slots), is_live)); }

// How many workers this database should have: one, one more for each due job that needs one to itself and for every
// five hundred others, and one where work came in while all are busy.
int wanted(const Database& database, const Count& has, TimestampTz now) {
    if (database.held_by != 0 || !database.listed) return 0;
    if (!database.known || (!database.present && (database.asked || now - database.looked_at > reprobe))) return 1;
    if (!database.present) return 0;
    int want = 1;
    if (now - database.looked_at < 2 * USECS_PER_SEC)
        want += database.holding_due + (database.due - database.holding_due) / 500;
    if (database.asked && has.ready == 0) want = std::max(want, has.live + 1);
    return want;
}

// The database that needs a worker most: those without any come first, and of these who has waited longest.
Database* neediest(TimestampTz now) {
    Database* found = nullptr;
    int least = 0;
    for (Database& database : state->databases) {
        if (database.oid == InvalidOid) continue;
        const Count has = count_of(database.oid);
        if (has.live >= wanted(database, has, now)) continue;
        if (!found || has.live < least || (has.live == least && database.served_at < found->served_at)) {
            found = &database;
            least = has.live;
        }
    }
    return found;
}

// All places are taken and a database has no worker: one that is idle elsewhere makes room.
void ask_one_to_leave() {
    for (Slot& slot : state->slots)
        if (slot.phase == Phase::idle && !slot.quit) {
            slot.quit = true;
            set_latch_of(slot.procno);
            return;
        }
}

// The index of a new slot for the neediest database, or -1.
int reserve(TimestampTz now) {
    Database* database = neediest(now);
    if (!database) return -1;
    if (count_all() >= max_workers) {
        // More databases than workers: they take turns, where nothing came in not more often than once a minute.
        const bool urgent = database->asked || !database->known || now - database->looked_at > 60 * USECS_PER_SEC;
        if (count_of(database->oid).live == 0 && max_workers > 0 && urgent) ask_one_to_leave();
        return -1;
    }
    for (int i = 0; i < max_slots; ++i) {
        Slot& slot = state->slots[i];
        if (slot.phase != Phase::free) continue;
        slot.phase = Phase::launching;
        slot.number = ++state->newest;
        slot.database = database->oid;
        slot.pid = slot.procno = 0;
        slot.quit = slot.look = false;
        slot.job = 0;
        slot.jobs = 0;
        slot.done = 0;
        slot.launched_at = now;
        database->asked = false;
        database->served_at = now;
        return i;
    }
    return -1;
}

bool launch(int index) {
    BackgroundWorker worker;
    memset(&worker, 0, sizeof worker);
    worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
    worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
    worker.bgw_restart_time = BGW_NEVER_RESTART;
    strlcpy(worker.bgw_name, "pg_fin worker", BGW_MAXLEN);
    strlcpy(worker.bgw_type, "pg_fin worker", BGW_MAXLEN);
    strlcpy(worker.bgw_library_name, "pg_fin", BGW_MAXLEN);
    strlcpy(worker.bgw_function_name, "fin_worker_main", BGW_MAXLEN);
    worker.bgw_main_arg = Int64GetDatum(static_cast<std::int64_t>(state->slots[index].number) * max_slots + index);
    worker.bgw_notify_pid = MyProcPid;
    if (handles[index]) pfree(handles[index]);
    handles[index] = nullptr;
    return RegisterDynamicBackgroundWorker(&worker, &handles[index]);
}

// Starts what is needed and can be had; false: no process can be had at the moment.
bool start_workers(TimestampTz now) {
    for (;;) {
        int index = -1;
        {
            const Locked locked;
            index = reserve(now);
        }
        if (index < 0) return true;
        if (launch(index)) continue;
        const Locked locked;
        state->slots[index].phase = Phase::free;
        state->slots[index].database = InvalidOid;
        return false;
    }
}

void leave(int, Datum) {
    const Locked locked;
    state->launcher_pid = state->launcher_procno = 0;
}

void run() {
    TimestampTz listed_at = 0, may_start_at = 0, pause = shortest_pause;
    MemoryContext turn = AllocSetContextCreate(TopMemoryContext, "pg_fin launcher", ALLOCSET_DEFAULT_SIZES);
    for (;;) {
        CHECK_FOR_INTERRUPTS();
        if (ConfigReloadPending) {
            ConfigReloadPending = false;
            ProcessConfigFile(PGC_SIGHUP);
        }
        TimestampTz now = GetCurrentTimestamp();
        bool unlisted = false;
        {
            const Locked locked;
            state->launcher_heartbeat_at = now;
            forget_the_gone(now);
            drop_dead_holds();
            replace_the_silent(now);
            for (const Database& database : state->databases)
                unlisted = unlisted || (database.oid != InvalidOid && database.asked && !database.listed);
        }
        if (unlisted || now - listed_at > relist) {
            MemoryContextSwitchTo(turn);
            list_databases();
            MemoryContextSwitchTo(TopMemoryContext);
            MemoryContextReset(turn);
            listed_at = now;
        }
        if (now >= may_start_at) {
            if (start_workers(now)) {
                pause = shortest_pause;
            } else {
                if (pause == shortest_pause)
                    ereport(LOG,
                            (errmsg("pg_fin cannot start a worker: all background processes are in use"),
                             errhint("Raise max_worker_processes; jobs wait or are done by fewer workers meanwhile.")));
                may_start_at = now + pause;
                pause = std::min(2 * pause, longest_pause);
            }
        }
        WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, nap, PG_WAIT_EXTENSION);
        ResetLatch(MyLatch);
    }
}

}  // namespace

void register_launcher() {
    BackgroundWorker launcher;
    memset(&launcher, 0, sizeof launcher);
    launcher.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
    launcher.bgw_start_time = BgWorkerStart_RecoveryFinished;
    launcher.bgw_restart_time = 1;
    strlcpy(launcher.bgw_name, "pg_fin launcher", BGW_MAXLEN);
    strlcpy(launcher.bgw_type, "pg_fin launcher", BGW_MAXLEN);
    strlcpy(launcher.bgw_library_name, "pg_fin", BGW_MAXLEN);
    strlcpy(launcher.bgw_function_name, "fin_launcher_main", BGW_MAXLEN);
    RegisterBackgroundWorker(&launcher);
}

}  // namespace fin::workers

// Plain PostgreSQL code below: no frame here owns anything, so that its errors may jump. An error ends the process with
// 1 and the postmaster starts it again after a second.
void fin_launcher_main(Datum) {
    using namespace fin::workers;
    pqsignal(SIGTERM, die);
    pqsignal(SIGHUP, SignalHandlerForConfigReload);
    BackgroundWorkerUnblockSignals();
    // No database of its own: it sees the shared catalogs and is in nobody's way.
    BackgroundWorkerInitializeConnection(nullptr, nullptr, 0);
    before_shmem_exit(leave, 0);
    {
        const Locked locked;
        state->launcher_pid = MyProcPid;
        state->launcher_procno = MyProc->pgprocno;
    }
    run();
}
