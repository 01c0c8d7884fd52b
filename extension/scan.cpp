// What comes in is shown to the virus scanner first. What is infected is refused, and noted in a transaction of its own
// that the refusal does not roll back.
#include "scan.hpp"

#include <nlohmann/json.hpp>

#include "datum.hpp"
#include "hash/sha256.hpp"
#include "scan/client.hpp"
#include "spi.hpp"

extern "C" {
#include "access/xact.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/dsm.h"
#include "utils/guc.h"
}

namespace fin::pg {

namespace {

enum Policy { refuse, hold };
constexpr config_enum_entry policies[] = {{"refuse", refuse, false}, {"hold", hold, false}, {nullptr, 0, false}};

char* clamd_socket = nullptr;
int scan_policy = refuse;
int scan_timeout = 60;
int scan_max_size = 100 << 10;

// What the worker that notes a refusal is told. It dies with the segment.
struct Note {
    Oid database;
    bool done;
    std::uint32_t size;
    char text[1];  // and on
};
constexpr std::uint32_t longest_note = 16 << 10;

std::string facts_of(std::string_view filename, std::string_view media_type, std::string_view content,
                     const std::string& found) {
    Session session(Access::write);
    const auto rows = session.run(
        "SELECT jsonb_build_object('workspace', fin.writable_workspace(), 'user', fin.current_user_id(), 'address', "
        "inet_client_addr(), 'db_role', CASE WHEN session_user = 'fin_worker' THEN coalesce(fin.claim('db_role'), "
        "session_user::text) ELSE session_user::text END)::text");
    nlohmann::json facts = nlohmann::json::parse(rows.text(0, 1));
    session.finish();
    facts["filename"] = filename.substr(0, 1000);
    if (!media_type.empty()) facts["media_type"] = media_type.substr(0, 200);
    facts["sha256"] = hash::sha256(content);
    facts["size"] = content.size();
    facts["found"] = found;
    return facts.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

// False: there was no process for it, or it failed (the server's log says why).
bool note_elsewhere(const std::string& text) {
    if (text.size() > longest_note) return false;
    return guard([&] {
        dsm_segment* const segment = dsm_create(sizeof(Note) + text.size(), DSM_CREATE_NULL_IF_MAXSEGMENTS);
        if (!segment) return false;
        auto* const note = static_cast<Note*>(dsm_segment_address(segment));
        note->database = MyDatabaseId;
        note->done = false;
        note->size = static_cast<std::uint32_t>(text.size());
        memcpy(note->text, text.data(), text.size());
        BackgroundWorker worker;
        memset(&worker, 0, sizeof worker);
        worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
        worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
        worker.bgw_restart_time = BGW_NEVER_RESTART;
        strlcpy(worker.bgw_name, "pg_fin note of an infected file", BGW_MAXLEN);
        strlcpy(worker.bgw_type, "pg_fin note", BGW_MAXLEN);
        strlcpy(worker.bgw_library_name, "pg_fin", BGW_MAXLEN);
        strlcpy(worker.bgw_function_name, "fin_note_main", BGW_MAXLEN);
        worker.bgw_main_arg = UInt32GetDatum(dsm_segment_handle(segment));
        worker.bgw_notify_pid = MyProcPid;
        BackgroundWorkerHandle* handle = nullptr;
        bool done = false;
        if (RegisterDynamicBackgroundWorker(&worker, &handle)) {
            WaitForBackgroundWorkerShutdown(handle);
            done = note->done;
        }
        dsm_detach(segment);
        return done;
    });
}

[[noreturn]] void refuse_infected(std::string_view filename, std::string_view media_type, std::string_view content,
                                  const std::string& found) {
    const bool noted = note_elsewhere(facts_of(filename, media_type, content, found));
    const std::string name(filename.substr(0, 200));
    guard([&] {
        ereport(LOG, (errmsg("pg_fin: an infected file was refused: %s", found.c_str()),
                      noted ? 0 : errdetail("It could not be written to the audit log.")));
        ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION), errmsg("the file is infected: %s", found.c_str()),
                        errdetail("The virus scanner found it in \"%s\". %s", name.c_str(),
                                  noted ? "The file was not stored; the audit log has an entry."
                                        : "The file was not stored; the server's log has an entry.")));
    });
    throw Error(ErrorCode::bad_data, "the file is infected");
}

[[noreturn]] void refuse_too_large(const std::string& words) {
    throw Error(ErrorCode::limit_exceeded, "the file is larger than what the virus scanner looks at", words,
                "pg_fin.scan_max_size and the limits of clamd (StreamMaxLength, MaxFileSize, MaxScanSize) say how much "
                "that is.");
}

[[noreturn]] void refuse_unscanned(const std::string& words) {
    guard([&] {
        ereport(ERROR, (errcode(ERRCODE_CONNECTION_FAILURE), errmsg("the virus scanner does not answer"),
                        errdetail("%s", words.c_str()),
                        errhint("The file was not stored. Try again, or ask the administrator of the server.")));
    });
    throw Error(ErrorCode::not_ready, "the virus scanner does not answer");
}

}  // namespace

void define_scan_settings() {
    DefineCustomStringVariable("pg_fin.clamd_socket", "Local socket of clamd, which looks at every file that comes in.",
                               "Empty: nothing is scanned.", &clamd_socket, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr,
                               nullptr, nullptr);
    DefineCustomEnumVariable("pg_fin.scan_policy", "What becomes of a file while the virus scanner does not answer.",
                             "refuse: an error; hold: it is stored, given to nobody and scanned by a job.",
                             &scan_policy, refuse, policies, PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
    DefineCustomIntVariable("pg_fin.scan_timeout", "How long the virus scanner may take for one file.", nullptr,
                            &scan_timeout, 60, 1, 3600, PGC_SIGHUP, GUC_SUPERUSER_ONLY | GUC_UNIT_S, nullptr, nullptr,
                            nullptr);
    DefineCustomIntVariable(
        "pg_fin.scan_max_size", "Files above this size are refused while a virus scanner is set up.",
        "No more than the smallest of clamd's StreamMaxLength, MaxFileSize and MaxScanSize: of "
        "what is larger it may look at a part and call it clean.",
        &scan_max_size, 100 << 10, 1, 1 << 20, PGC_SIGHUP, GUC_SUPERUSER_ONLY | GUC_UNIT_KB, nullptr, nullptr, nullptr);
}

bool scanner_is_set() { return clamd_socket != nullptr && *clamd_socket != '\0'; }

scan::Verdict scan_content(std::string_view content) {
    if (content.size() > static_cast<std::size_t>(scan_max_size) << 10)
        return {scan::Finding::too_large, "It has " + std::to_string(content.size()) + " bytes."};
    return scan::ask(clamd_socket, content, scan_timeout, check_interrupts);
}

void refuse_unless_clean(std::string_view filename, std::string_view content) {
    if (!scanner_is_set()) return;
    const scan::Verdict verdict = scan_content(content);
    switch (verdict.finding) {
        case scan::Finding::clean: return;
        case scan::Finding::infected: refuse_infected(filename, {}, content, verdict.words);
        case scan::Finding::too_large: refuse_too_large(verdict.words);
        case scan::Finding::failed: refuse_unscanned(verdict.words);
    }
}

}  // namespace fin::pg

using namespace fin;
using namespace fin::pg;

FIN_FUNCTION(fin_scan) {
    if (!scanner_is_set()) return text_of("unscanned");
    if (PG_ARGISNULL(0) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
        throw Error(ErrorCode::invalid_argument, "a file needs a name and content");
    const std::string_view filename = utf8_of(PG_GETARG_DATUM(0));
    const std::string_view media_type = PG_ARGISNULL(1) ? std::string_view() : utf8_of(PG_GETARG_DATUM(1));
    const std::string_view content = bytes_of(PG_GETARG_DATUM(2));
    const scan::Verdict verdict = scan_content(content);
    switch (verdict.finding) {
        case scan::Finding::clean: return text_of("clean");
        case scan::Finding::infected: refuse_infected(filename, media_type, content, verdict.words);
        // Asking again would not help.
        case scan::Finding::too_large: refuse_too_large(verdict.words);
        case scan::Finding::failed: break;
    }
    if (scan_policy == refuse || !PG_GETARG_BOOL(3)) refuse_unscanned(verdict.words);
    return text_of("held");
}

// The process that notes an infected file. Plain PostgreSQL code: an error ends it and is in the log.
FIN_EXPORT void fin_note_main(Datum argument);
void fin_note_main(Datum argument) {
    BackgroundWorkerUnblockSignals();
    CurrentResourceOwner = ResourceOwnerCreate(nullptr, "pg_fin note");
    dsm_segment* const segment = dsm_attach(DatumGetUInt32(argument));
    if (!segment) return;  // whoever asked is gone
    auto* const note = static_cast<Note*>(dsm_segment_address(segment));
    dsm_pin_mapping(segment);
    BackgroundWorkerInitializeConnectionByOid(note->database, InvalidOid, 0);
    // The one that asked waits for this, perhaps with locks that this would wait for.
    SetConfigOption("lock_timeout", "2s", PGC_SUSET, PGC_S_OVERRIDE);
    SetConfigOption("statement_timeout", "10s", PGC_SUSET, PGC_S_OVERRIDE);
    SetCurrentStatementStartTimestamp();
    StartTransactionCommand();
    SPI_connect();
    PushActiveSnapshot(GetTransactionSnapshot());
    pgstat_report_activity(STATE_RUNNING, "pg_fin: notes an infected file");
    Oid type = TEXTOID;
    Datum value = PointerGetDatum(cstring_to_text_with_len(note->text, static_cast<int>(note->size)));
    if (SPI_execute_with_args("SELECT fin.file_refused($1::jsonb)", 1, &type, &value, nullptr, false, 0) !=
        SPI_OK_SELECT)
        elog(ERROR, "the note of an infected file failed");
    SPI_finish();
    PopActiveSnapshot();
    CommitTransactionCommand();
    note->done = true;
}
