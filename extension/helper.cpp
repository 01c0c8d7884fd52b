// Starts pg_fin_helper from a backend or worker and turns what becomes of it into one error.
#include "helper.hpp"

#include "bridge.hpp"

extern "C" {
#include "commands/tablespace.h"
#include "storage/fd.h"
#include "storage/ipc.h"
}
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace fin::pg {

namespace {

char* helper_path = nullptr;

// The children at work, for the one way out that unwinds nothing: a terminated session leaves through proc_exit(). A
// child that nobody has reaped would fall to the first process, and where that is the postmaster (a container), it
// would take the death of its own for a crash of the server. More than one: what a workbook's rows are read from may
// itself run the helper.
std::array<volatile pid_t, 8> at_work{};
bool registered = false;

void note(pid_t before, pid_t now) {
    for (volatile pid_t& place : at_work)
        if (place == before) {
            place = now;
            return;
        }
}

void reap_at_exit(int, Datum) {
    for (volatile pid_t& place : at_work) {
        const pid_t child = place;
        if (child <= 0) continue;
        kill(-child, SIGKILL);
        kill(child, SIGKILL);
        while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
        place = 0;
    }
}

// Beside the server's own program, unless the setting says otherwise.
std::string path_of_helper() {
    if (helper_path && *helper_path) return helper_path;
    const std::string server = my_exec_path;
    return server.substr(0, server.rfind('/') + 1) + "pg_fin_helper";
}

constexpr const char* for_administrator =
    "The administrator of the server installs pg_fin_helper beside PostgreSQL's programs or names it in "
    "pg_fin.helper_path. See docs/operations.md.";
constexpr const char* for_caller =
    "The file is damaged or made to do harm; nothing was stored. Open it in the program it comes from, save it anew "
    "and "
    "use that.";

[[noreturn]] void explain(const pipe::BrokenWork& broken) {
    using How = pipe::BrokenWork::How;
    const std::string detail = std::string(broken.what()) + ". " + broken.detail;
    switch (broken.how) {
        case How::not_started:
            throw Error(ErrorCode::not_ready, "pg_fin_helper cannot be started", detail, for_administrator);
        case How::ended_early:
        case How::nonsense:
            throw Error(ErrorCode::not_ready, "pg_fin_helper does not answer as it should", detail, for_administrator);
        case How::killed:
            throw Error(ErrorCode::bad_data, "the work on the file broke off in pg_fin_helper", detail, for_caller);
        case How::too_late:
            throw Error(ErrorCode::limit_exceeded, "the work on the file took too long", detail, for_caller);
        case How::flood: break;
    }
    throw Error(ErrorCode::limit_exceeded, "the work on the file gives more than can be taken", detail,
                "Split the file.");
}

template <class Talk>
auto explained(const Talk& talk) {
    try {
        return talk();
    } catch (const pipe::BrokenWork& broken) {
        explain(broken);
    }
}

}  // namespace

void define_helper_settings() {
    DefineCustomStringVariable(
        "pg_fin.helper_path", "The program that reads and writes workbooks and draws reports.",
        "Empty: pg_fin_helper beside PostgreSQL's own programs. It runs as the server's user, under limits.",
        &helper_path, "", PGC_SUSET, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
}

HelperAtWork::HelperAtWork(std::string_view work, std::string_view request_json, const Sink& sink,
                           const pipe::Limits& limits, const std::string& temporary_folder) {
    if (!registered) {
        guard([] { on_proc_exit(reap_at_exit, 0); });
        registered = true;
    }
    pipe::Program program{path_of_helper(), {std::string(work)}};
    if (!temporary_folder.empty()) program.environment.push_back("TMPDIR=" + temporary_folder);
    const pipe::Sinks sinks{sink, {}};
    const pipe::Watch watch{[](pid_t child) { note(0, child); }, [](pid_t child) { note(child, 0); }};
    conversation_ = explained([&] {
        return std::make_unique<pipe::Conversation>(program, request_json, sinks, limits, check_interrupts, watch);
    });
}

HelperAtWork::~HelperAtWork() = default;

void HelperAtWork::give(std::string_view content) {
    explained([&] { conversation_->give(content); });
}

std::string HelperAtWork::finish() {
    return explained([&] { return conversation_->finish(); });
}

std::string run_helper(std::string_view work, std::string_view request_json, std::string_view content,
                       const HelperAtWork::Sink& sink, const pipe::Limits& limits) {
    HelperAtWork helper(work, request_json, sink, limits);
    helper.give(content);
    return helper.finish();
}

std::string folder_of_temporary_files() {
    char path[MAXPGPATH];
    guard([&] {
        PrepareTempTablespaces();
        const Oid space = GetNextTempTableSpace();
        TempTablespacePath(path, OidIsValid(space) ? space : MyDatabaseTableSpace);
        // It is made when it is first needed, and stays. Where it cannot be made, the helper says so.
        static_cast<void>(MakePGDirectory(path));
    });
    return std::string(DataDir) + "/" + path;
}

}  // namespace fin::pg
