// SQL functions about workers: waking them, interrupting a job, looking at them.
#include "launcher.hpp"
#include "rowset.hpp"
#include "spi.hpp"

extern "C" {
#include "access/xact.h"
#include "commands/dbcommands.h"
}

using namespace fin;
using namespace fin::workers;

namespace {

// What this transaction asks for when it commits. One callback per session, one wake-up per transaction.
bool wake = false;
bool interrupt = false;
constexpr int interrupted_at_most = 64;
std::int64_t interrupted[interrupted_at_most];
int interrupted_count = 0;

void tell_workers() {
    const Locked locked;
    for (Slot& slot : state->slots) {
        if (slot.pid == 0 || slot.database != MyDatabaseId) continue;
        slot.look = true;
        set_latch_of(slot.procno);
        if (slot.phase != Phase::working) continue;
        for (int i = 0; i < interrupted_count; ++i)
            if (slot.job == interrupted[i]) kill(slot.pid, SIGINT);
    }
}

void at_end(XactEvent event, void*) {
    if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE) return;
    const bool committed = event == XACT_EVENT_COMMIT;
    const bool do_wake = wake && committed;
    const bool do_interrupt = interrupt && committed;
    wake = interrupt = false;
    if (do_wake) wake_database(MyDatabaseId);
    if (do_interrupt) tell_workers();
    interrupted_count = 0;
}

void register_once() {
    static bool registered = false;
    if (registered) return;
    pg::guard([] { RegisterXactCallback(at_end, nullptr); });
    registered = true;
}

}  // namespace

FIN_FUNCTION(fin_wake_workers) {
    if (state) {
        register_once();
        wake = true;
    }
    PG_RETURN_VOID();
}

FIN_FUNCTION(fin_interrupt_job) {
    if (!state) PG_RETURN_VOID();
    const std::int64_t job = PG_GETARG_INT64(0);
    // Whether the caller may is what row-level security and this column say: only a cancelled job is interrupted.
    pg::Session session(pg::Access::write);
    const bool cancelled =
        !session
             .run("SELECT 1 FROM fin.jobs j WHERE j.id = $1 AND j.cancel_requested AND j.status = 'running'",
                  {pg::Parameter{INT8OID, Int64GetDatum(job)}})
             .empty();
    session.finish();
    if (cancelled && interrupted_count < interrupted_at_most) {
        register_once();
        interrupt = true;
        interrupted[interrupted_count++] = job;
    }
    PG_RETURN_VOID();
}

FIN_FUNCTION(fin_workers) {
    pg::Rowset rows(fcinfo);
    if (!state) return 0;
    struct Line {
        Slot slot;
        std::int64_t heartbeat_at;
    };
    std::vector<Line> lines;
    lines.reserve(max_slots);
    int launcher = 0;
    TimestampTz launcher_beat = 0;
    {
        const Locked locked(LW_SHARED);
        launcher = state->launcher_pid;
        launcher_beat = state->launcher_heartbeat_at;
        for (Slot& slot : state->slots)
            if (slot.phase != Phase::free)
                lines.push_back({slot, static_cast<std::int64_t>(pg_atomic_read_u64(&slot.heartbeat_at))});
    }
    if (launcher != 0)
        rows.add<9>([&](Datum* values, bool* nulls) {
            values[0] = Int32GetDatum(launcher);
            values[2] = CStringGetTextDatum("launcher");
            values[3] = CStringGetTextDatum("working");
            nulls[1] = nulls[4] = nulls[5] = nulls[6] = nulls[7] = true;
            values[8] = TimestampTzGetDatum(launcher_beat);
        });
    for (const Line& line : lines)
        rows.add<9>([&](Datum* values, bool* nulls) {
            const char* database = get_database_name(line.slot.database);
            values[0] = Int32GetDatum(line.slot.pid);
            nulls[0] = line.slot.pid == 0;
            if (database)
                values[1] = CStringGetTextDatum(database);
            else
                nulls[1] = true;
            values[2] = CStringGetTextDatum("worker");
            values[3] = CStringGetTextDatum(name_of(line.slot.phase));
            values[4] = Int64GetDatum(line.slot.job);
            nulls[4] = line.slot.job == 0;
            values[5] = Int32GetDatum(line.slot.jobs);
            values[6] = Int64GetDatum(line.slot.done);
            values[7] = TimestampTzGetDatum(line.slot.launched_at);
            values[8] = TimestampTzGetDatum(line.heartbeat_at);
        });
    return 0;
}
