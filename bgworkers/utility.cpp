// DROP DATABASE and its like want the database to themselves: workers step out before and stay out until it is done.
#include "bridge.hpp"
#include "launcher.hpp"

extern "C" {
#include "access/xact.h"
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "nodes/parsenodes.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "tcop/utility.h"
}

namespace fin::workers {

namespace {

ProcessUtility_hook_type next_utility = nullptr;
bool holding = false;

void release_holds(XactEvent event, void*) {
    if (!holding || (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT)) return;
    holding = false;
    const Locked locked;
    for (Database& database : state->databases)
        if (database.held_by == MyProcPid) {
            database.held_by = 0;
            database.asked = database.oid != InvalidOid;
        }
    set_latch_of(state->launcher_procno);
}

// Tells the workers of the database to end; true: one is still there.
bool tell_workers_to_end(Oid oid) {
    const Locked locked;
    bool there = false;
    if (Database* database = find_or_add_database(oid)) database->held_by = MyProcPid;
    for (const Slot& slot : state->slots) {
        if (slot.phase == Phase::free || slot.database != oid) continue;
        there = there || slot.phase != Phase::launching;
        if (slot.pid != 0) kill(slot.pid, SIGTERM);
    }
    return there;
}

void hold(Oid oid) {
    static bool registered = false;
    if (!registered) {
        RegisterXactCallback(release_holds, nullptr);
        registered = true;
    }
    holding = true;
    // PostgreSQL itself waits five seconds more.
    for (int tries = 0; tell_workers_to_end(oid) && tries < 100; ++tries) {
        CHECK_FOR_INTERRUPTS();
        pg_usleep(20'000);
    }
}

// The database that must be empty for this statement, where the caller may ask for that.
Oid database_to_empty(Node* statement) {
    const char* name = nullptr;
    if (IsA(statement, DropdbStmt)) {
        name = reinterpret_cast<DropdbStmt*>(statement)->dbname;
    } else if (IsA(statement, RenameStmt)) {
        const auto* rename = reinterpret_cast<RenameStmt*>(statement);
        if (rename->renameType == OBJECT_DATABASE) name = rename->subname;
    } else if (IsA(statement, AlterDatabaseStmt) || IsA(statement, CreatedbStmt)) {
        const bool create = IsA(statement, CreatedbStmt);
        List* options = create ? reinterpret_cast<CreatedbStmt*>(statement)->options
                               : reinterpret_cast<AlterDatabaseStmt*>(statement)->options;
        ListCell* cell = nullptr;
        foreach (cell, options) {
            auto* option = static_cast<DefElem*>(lfirst(cell));
            if (strcmp(option->defname, create ? "template" : "tablespace") != 0 || !option->arg) continue;
            name = create ? defGetString(option) : reinterpret_cast<AlterDatabaseStmt*>(statement)->dbname;
        }
    }
    if (!name) return InvalidOid;
    const Oid oid = get_database_oid(name, true);
    return OidIsValid(oid) && oid != MyDatabaseId && pg_database_ownercheck(oid, GetUserId()) ? oid : InvalidOid;
}

// Plain PostgreSQL code: nothing in these frames is destroyed, and whatever the statement raises passes through.
void on_utility(PlannedStmt* statement, const char* text, bool read_only, ProcessUtilityContext context,
                ParamListInfo params, QueryEnvironment* environment, DestReceiver* receiver,
                QueryCompletion* completion) {
    if (state && context == PROCESS_UTILITY_TOPLEVEL) {
        const Oid oid = database_to_empty(statement->utilityStmt);
        if (OidIsValid(oid)) hold(oid);
    }
    if (next_utility)
        next_utility(statement, text, read_only, context, params, environment, receiver, completion);
    else
        standard_ProcessUtility(statement, text, read_only, context, params, environment, receiver, completion);
}

}  // namespace

void install_utility_hook() {
    next_utility = ProcessUtility_hook;
    ProcessUtility_hook = on_utility;
}

}  // namespace fin::workers
