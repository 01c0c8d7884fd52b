// The way of a worker process into its database and out of it.
#include "bridge.hpp"
#include "identity.hpp"
#include "worker.hpp"

extern "C" {
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "tcop/tcopprot.h"
}

#include "heartbeat.hpp"

FIN_EXPORT void fin_worker_main(Datum packed);

namespace fin::workers {

namespace {

Worker* current = nullptr;

// nullptr: the launcher has given the place to another since.
Slot* attach(int index, int number) {
    if (!state || index < 0 || index >= max_slots) return nullptr;
    const Locked locked;
    Slot& slot = state->slots[index];
    if (slot.number != number || slot.phase != Phase::launching) return nullptr;
    slot.phase = Phase::starting;
    slot.pid = MyProcPid;
    slot.procno = MyProc->pgprocno;
    beat(slot);
    return &slot;
}

void detach(int, Datum index) {
    const Locked locked;
    Slot& slot = state->slots[DatumGetInt32(index)];
    slot.phase = Phase::free;
    slot.database = InvalidOid;
    slot.pid = slot.procno = 0;
    set_latch_of(state->launcher_procno);
}

// Before PostgreSQL itself leaves the database: the last moment for a transaction.
void give_back(int, Datum) {
    if (current) current->release();
}

bool is_held(Oid oid) {
    const Locked locked(LW_SHARED);
    const Database* database = find_database(oid);
    return database && database->held_by != 0;
}

void note(Oid oid, bool present) {
    const Locked locked;
    Database* database = find_database(oid);
    if (!database) return;
    database->known = true;
    database->present = present;
    database->due = database->holding_due = 0;
    database->looked_at = GetCurrentTimestamp();
}

void work(Slot& slot) {
    Worker worker(slot, slot.number, slot.database);
    current = &worker;
    try {
        worker.run();
    } catch (const NothingHere&) {
        worker.release();
    } catch (...) {
        worker.release();
        current = nullptr;
        throw;
    }
    current = nullptr;
}

Datum live(Slot& slot) {
    if (!become_worker()) {
        note(slot.database, false);
        return 0;
    }
    note(slot.database, true);
    work(slot);
    return 0;
}

}  // namespace

}  // namespace fin::workers

void fin_worker_main(Datum packed) {
    using namespace fin::workers;
    const int index = static_cast<int>(DatumGetInt64(packed) % max_slots);
    const int number = static_cast<int>(DatumGetInt64(packed) / max_slots);
    pqsignal(SIGTERM, die);
    pqsignal(SIGHUP, SignalHandlerForConfigReload);
    BackgroundWorkerUnblockSignals();
    Slot* const slot = attach(index, number);
    if (!slot) proc_exit(0);
    on_shmem_exit(detach, Int32GetDatum(index));
    if (is_held(slot->database)) proc_exit(0);
    BackgroundWorkerInitializeConnectionByOid(slot->database, InvalidOid, 0);
    before_shmem_exit(give_back, 0);
    if (is_held(slot->database)) proc_exit(0);
    pgstat_report_appname("pg_fin worker");
    fin::pg::entry([slot] { return live(*slot); });
    proc_exit(0);
}
