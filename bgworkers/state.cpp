#include "state.hpp"

#include "bridge.hpp"

extern "C" {
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/shmem.h"
}

namespace fin::workers {

State* state = nullptr;

namespace {

shmem_request_hook_type next_request = nullptr;
shmem_startup_hook_type next_startup = nullptr;
LWLock* lock = nullptr;

void request() {
    if (next_request) next_request();
    RequestAddinShmemSpace(sizeof(State));
    RequestNamedLWLockTranche("pg_fin", 1);
}

void startup() {
    if (next_startup) next_startup();
    bool found = false;
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    state = static_cast<State*>(ShmemInitStruct("pg_fin workers", sizeof(State), &found));
    if (!found) {
        memset(state, 0, sizeof(State));
        if (!pg_strong_random(&state->boot, sizeof state->boot)) state->boot = GetCurrentTimestamp();
        for (Slot& slot : state->slots) pg_atomic_init_u64(&slot.heartbeat_at, 0);
    }
    lock = &GetNamedLWLockTranche("pg_fin")->lock;
    LWLockRelease(AddinShmemInitLock);
}

}  // namespace

const char* name_of(Phase phase) {
    switch (phase) {
        case Phase::free: return "free";
        case Phase::launching:
        case Phase::starting: return "starting";
        case Phase::idle: return "idle";
        case Phase::working: return "working";
        case Phase::waiting: return "waiting";
        case Phase::abandoned: return "abandoned";
    }
    return "unknown";
}

LWLock* state_lock() { return lock; }

void request_state() {
    next_request = shmem_request_hook;
    shmem_request_hook = request;
    next_startup = shmem_startup_hook;
    shmem_startup_hook = startup;
}

Database* find_database(Oid oid) {
    for (Database& database : state->databases)
        if (database.oid == oid) return &database;
    return nullptr;
}

Database* find_or_add_database(Oid oid) {
    Database* database = find_database(oid);
    if (!database) {
        database = find_database(InvalidOid);
        if (!database) return nullptr;
        memset(database, 0, sizeof *database);
        database->oid = oid;
    }
    return database;
}

void set_latch_of(int procno) {
    if (procno > 0) SetLatch(&ProcGlobal->allProcs[procno].procLatch);
}

void wake_database(Oid oid) {
    if (!state) return;
    const Locked locked;
    bool somebody = false;
    for (const Slot& slot : state->slots)
        if (slot.database == oid && slot.pid != 0 && slot.phase != Phase::free && slot.phase != Phase::abandoned) {
            set_latch_of(slot.procno);
            somebody = somebody || slot.phase == Phase::idle || slot.phase == Phase::waiting;
        }
    if (somebody) return;
    if (Database* database = find_or_add_database(oid)) database->asked = true;
    set_latch_of(state->launcher_procno);
}

}  // namespace fin::workers
