// Starts pg_fin_helper from a backend or worker and turns what becomes of it into one error.
#include "helper.hpp"

#include "bridge.hpp"

extern "C" {
#include "storage/ipc.h"
}
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fin::pg {

namespace {

char* helper_path = nullptr;

// The child at work, for the one way out that unwinds nothing: a terminated session leaves through proc_exit(). A child
// that nobody has reaped would fall to the first process, and where that is the postmaster (a container), it would take
// the death of its own for a crash of the server.
volatile pid_t at_work = 0;
bool registered = false;

void reap_at_exit(int, Datum) {
    const pid_t child = at_work;
    if (child <= 0) return;
    kill(-child, SIGKILL);
    kill(child, SIGKILL);
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
    at_work = 0;
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

}  // namespace

void define_helper_settings() {
    DefineCustomStringVariable(
        "pg_fin.helper_path", "The program that reads workbooks and draws reports.",
        "Empty: pg_fin_helper beside PostgreSQL's own programs. It runs as the server's user, under limits.",
        &helper_path, "", PGC_SUSET, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
}

std::string run_helper(std::string_view work, std::string_view request_json, std::string_view content,
                       const std::function<void(std::string_view)>& sink, const pipe::Limits& limits) {
    if (!registered) {
        guard([] { on_proc_exit(reap_at_exit, 0); });
        registered = true;
    }
    const pipe::Program program{path_of_helper(), {std::string(work)}};
    const pipe::Sinks sinks{sink, {}};
    const pipe::Watch watch{[](pid_t child) { at_work = child; }, [](pid_t) { at_work = 0; }};
    try {
        return pipe::run(program, request_json, content, sinks, limits, check_interrupts, watch);
    } catch (const pipe::BrokenWork& broken) {
        explain(broken);
    }
}

}  // namespace fin::pg
