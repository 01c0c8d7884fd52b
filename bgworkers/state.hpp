// What launcher, workers and backends know of each other: plain numbers in shared memory, no pointers and no handles,
// so that what a dead predecessor left there hurts nobody.
#pragma once
#include "prelude.hpp"

extern "C" {
#include "port/atomics.h"
#include "storage/lwlock.h"
#include "utils/timestamp.h"
}

namespace fin::workers {

inline constexpr int max_slots = 64;       // workers, those abandoned included
inline constexpr int max_databases = 256;  // databases that the launcher looks after

enum class Phase {
    free,
    launching,  // the launcher has asked for the process
    starting,   // it lives and connects
    idle,
    working,    // a handler runs
    waiting,    // jobs are in flight, none runs at the moment
    abandoned,  // without heartbeat for too long: replaced, told to end, its jobs are given to others
};
const char* name_of(Phase phase);

struct Slot {
    Phase phase;
    int number;  // of the worker, never used twice in one start of the server
    Oid database;
    int pid;           // 0: not there yet
    int procno;        // of its latch
    bool quit;         // give way to a database that has no worker
    bool look;         // a job was cancelled: look whether it is one of yours
    std::int64_t job;  // the one that runs; 0: none
    int jobs;          // in flight
    std::int64_t done;
    TimestampTz launched_at;
    pg_atomic_uint64 heartbeat_at;  // a TimestampTz; written by a timer, too
};

struct Database {
    Oid oid;  // 0: place is free
    bool known;
    bool present;  // it has the extension and its schema
    bool asked;    // work came in since somebody looked
    bool listed;   // seen in the latest look at pg_database
    int held_by;   // process that is about to drop, rename or copy it; no worker may be there
    int due, holding_due;
    TimestampTz looked_at;
    TimestampTz served_at;  // when it was last given a worker
};

struct State {
    std::int64_t boot;  // of this start of the server, another after each crash
    int newest;         // number of the newest worker
    int launcher_pid, launcher_procno;
    TimestampTz launcher_heartbeat_at;
    Slot slots[max_slots];
    Database databases[max_databases];
};

// nullptr where pg_fin is not in shared_preload_libraries.
extern State* state;
LWLock* state_lock();
// For _PG_init while preloading.
void request_state();

// Holds the lock for a block that neither throws nor raises: an error in it would leave by longjmp. (PostgreSQL
// releases the lock then, at the end of the transaction.)
class Locked {
public:
    explicit Locked(LWLockMode mode = LW_EXCLUSIVE) { LWLockAcquire(state_lock(), mode); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;
    ~Locked() { LWLockRelease(state_lock()); }
};

// The following want the lock held.
Database* find_database(Oid oid);
Database* find_or_add_database(Oid oid);  // nullptr: no place left
void set_latch_of(int procno);

// Wakes whoever may start a job in this database.
void wake_database(Oid database);

}  // namespace fin::workers
