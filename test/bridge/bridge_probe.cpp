// Functions that fail in every way the bridge must carry, from any depth of C++ frames.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <memory>

#include "datum.hpp"
#include "interrupt.hpp"
#include "report.hpp"
#include "spi.hpp"

extern "C" {
#include "utils/fmgrprotos.h"
}

namespace {

using namespace fin;
using namespace fin::pg;

// What every frame owns. Were a frame left by longjmp, the count would stay above zero.
class Canary {
public:
    Canary() { ++living; }
    Canary(const Canary&) = delete;
    Canary& operator=(const Canary&) = delete;
    ~Canary() { living -= *one_; }
    static inline int living = 0;

private:
    std::unique_ptr<int> one_ = std::make_unique<int>(1);
};

// Calls bottom below `depth` frames that own something on the heap.
__attribute__((noinline)) void descend(int depth, const std::function<void()>& bottom) {
    const Canary canary;
    if (depth > 0)
        descend(depth - 1, bottom);
    else
        bottom();
}

constexpr std::size_t beyond_memory = std::size_t{1} << 46;

// The sanitizer's own operator new ends the process instead of throwing, so there the allocation that fails is nothrow.
void allocate_too_much() {
#ifdef __SANITIZE_ADDRESS__
    void* block = ::operator new(beyond_memory, std::nothrow);
    if (!block) throw std::bad_alloc();
#else
    void* block = ::operator new(beyond_memory);
#endif
    ::operator delete(block);
}

void report_by_ereport() {
    guard([] {
        ereport(ERROR, (errcode(ERRCODE_DUPLICATE_CURSOR), errmsg("сообщение %d%%", 42), errdetail("подробность"),
                        errhint("совет"), errcontext("context of the probe")));
    });
}

void fail(std::string_view how) {
    if (how == "nothing") return;
    if (how == "bad_alloc") allocate_too_much();
    if (how == "length_error") (void)std::string(std::string().max_size() + 1, ' ');
    if (how == "exception") throw std::runtime_error("a plain exception, 100% \"quoted\"");
    if (how == "int") throw 42;
    if (how == "ereport") report_by_ereport();
    if (how == "guard_in_guard")
        guard([] {
            // As a function of PostgreSQL would do that is itself called by PostgreSQL.
            guard([] { report_by_ereport(); });
        });
    if (how == "throw_through_guard") guard([] { throw Error(ErrorCode::bad_data, "thrown below guard"); });
    if (how == "palloc_too_large") guard([] { palloc(std::size_t{1} << 40); });
    if (how == "palloc_huge") guard([] { MemoryContextAllocHuge(CurrentMemoryContext, beyond_memory); });
    throw Error(ErrorCode::invalid_argument, "no such way to fail: " + std::string(how));
}

ErrorCode code_named(std::string_view name) {
    if (name == "invalid_argument") return ErrorCode::invalid_argument;
    if (name == "out_of_domain") return ErrorCode::out_of_domain;
    if (name == "bad_data") return ErrorCode::bad_data;
    if (name == "limit_exceeded") return ErrorCode::limit_exceeded;
    if (name == "not_converged") return ErrorCode::not_converged;
    if (name == "not_found") return ErrorCode::not_found;
    if (name == "not_ready") return ErrorCode::not_ready;
    throw std::invalid_argument("no such code");
}

std::string string_argument(FunctionCallInfo fcinfo, int n) { return std::string(utf8_of(PG_GETARG_DATUM(n))); }

// All that guard() promises to leave as it was.
struct Surroundings {
    sigjmp_buf* exception_stack = PG_exception_stack;
    ErrorContextCallback* context_stack = error_context_stack;
    MemoryContext memory = CurrentMemoryContext;
    std::uint32_t holdoff = InterruptHoldoffCount, cancel_holdoff = QueryCancelHoldoffCount,
                  critical = CritSectionCount;
    bool operator==(const Surroundings&) const = default;
};

// Leaves this process `megabytes` of address space for the life of the object.
class LittleMemory {
public:
    explicit LittleMemory(std::size_t megabytes) {
        // The stack must be able to grow where the heap cannot.
        volatile char room[256 * 1024];
        for (std::size_t i = 0; i < sizeof room; i += 1024) room[i] = 0;
        std::size_t pages = 0;
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> statm(std::fopen("/proc/self/statm", "r"), std::fclose);
        if (!statm || std::fscanf(statm.get(), "%zu", &pages) != 1) throw std::runtime_error("no /proc/self/statm");
        getrlimit(RLIMIT_AS, &before_);
        rlimit less = before_;
        less.rlim_cur = pages * 4096 + megabytes * 1024 * 1024;
        if (setrlimit(RLIMIT_AS, &less) != 0) throw std::runtime_error("setrlimit failed");
    }
    LittleMemory(const LittleMemory&) = delete;
    LittleMemory& operator=(const LittleMemory&) = delete;
    ~LittleMemory() { setrlimit(RLIMIT_AS, &before_); }

private:
    rlimit before_{};
};

// To the last byte: the error itself then finds no memory either.
void exhaust_palloc() {
    guard([] {
        for (std::size_t size = 1024 * 1024; size >= 8; size /= 2)
            while (palloc_extended(size, MCXT_ALLOC_NO_OOM)) {
            }
        palloc(1024);
    });
}
void exhaust_heap() {
    struct Link {
        std::unique_ptr<Link> next;
        char rest[4000];
    };
    struct Chain {
        std::unique_ptr<Link> head;
        // Not by the recursion of unique_ptr's destructor.
        ~Chain() {
            while (head) head = std::move(head->next);
        }
    } chain;
    for (;;) {
        auto link = std::make_unique<Link>();
        link->next = std::move(chain.head);
        chain.head = std::move(link);
    }
}

}  // namespace

FIN_FUNCTION(bridge_probe_canaries) { PG_RETURN_INT32(Canary::living); }

// (depth, code, message, detail, hint)
FIN_FUNCTION(bridge_probe_error) {
    const ErrorCode code = code_named(string_argument(fcinfo, 1));
    const std::string message = string_argument(fcinfo, 2), detail = string_argument(fcinfo, 3),
                      hint = string_argument(fcinfo, 4);
    descend(PG_GETARG_INT32(0), [&] { throw Error(code, message, detail, hint); });
    PG_RETURN_VOID();
}

// (depth, bytes): a message that is not UTF-8.
FIN_FUNCTION(bridge_probe_bytes) {
    const std::string message(bytes_of(PG_GETARG_DATUM(1)));
    descend(PG_GETARG_INT32(0), [&] { throw Error(ErrorCode::bad_data, message); });
    PG_RETURN_VOID();
}

// (depth, way to fail)
FIN_FUNCTION(bridge_probe_fail) {
    const std::string how = string_argument(fcinfo, 1);
    descend(PG_GETARG_INT32(0), [&] { fail(how); });
    PG_RETURN_VOID();
}

// (depth, statement): runs it at the bottom through SPI; the text of its first cell.
FIN_FUNCTION(bridge_probe_sql) {
    const std::string statement = string_argument(fcinfo, 1);
    Session session(Access::write);
    std::string result;
    descend(PG_GETARG_INT32(0), [&] {
        const auto rows = session.run(statement);
        if (!rows.empty()) result = rows.text(0, 1);
    });
    session.finish();
    return text_of(result);
}

// (levels, way to fail): every level is an SQL function of its own, called by the one above through SPI.
FIN_FUNCTION(bridge_probe_ladder) {
    const int level = PG_GETARG_INT32(0);
    const std::string how = string_argument(fcinfo, 1);
    descend(3, [&] {
        if (level == 0) return fail(how);
        Session session(Access::read);
        session.run("SELECT bridge_probe_ladder($1, $2)", {int_param(level - 1), text_param(how)});
        session.finish();
    });
    PG_RETURN_VOID();
}

// (workspace, report, way to fail, row): each_row's visitor fails at that row; the number of rows seen.
FIN_FUNCTION(bridge_probe_each_row) {
    const std::string how = string_argument(fcinfo, 2);
    const int last = PG_GETARG_INT32(3);
    Report report;
    report.workspace = *PG_GETARG_UUID_P(0);
    report.id = *PG_GETARG_UUID_P(1);
    Session session;
    int rows = 0;
    descend(3, [&] {
        each_row(session, report, Columns::all, [&](const ledger::Row& row) {
            const Canary canary;
            ++rows;
            if (row.row_no == last) descend(3, [&] { fail(how); });
        });
    });
    session.finish();
    PG_RETURN_INT32(rows);
}

// (depth): a long loop of the core, which asks as all of them do. Ends by itself after two minutes.
FIN_FUNCTION(bridge_probe_loop) {
    std::uint64_t state = 1;
    descend(PG_GETARG_INT32(0), [&] {
        const InterruptCheck check = check_interrupts;
        Pulse pulse(check);
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        for (bool late = false; !late;) {
            for (int i = 0; i < 1'000'000; ++i) {
                state = state * 6364136223846793005u + 1442695040888963407u;
                pulse();
            }
            late = std::chrono::steady_clock::now() > end;
        }
    });
    PG_RETURN_INT64(static_cast<std::int64_t>(state >> 1));
}

// (way to fail): what an error that is caught on the way leaves changed, as a text; empty where nothing is.
FIN_FUNCTION(bridge_probe_restores) {
    const std::string how = string_argument(fcinfo, 0);
    const Surroundings before;
    bool caught = false;
    try {
        descend(5, [&] { fail(how); });
    } catch (const std::exception&) {
        caught = true;
    } catch (int) {
        caught = true;
    }
    const Surroundings after;
    std::string changed;
    if (!caught) changed += "nothing was thrown; ";
    if (before.exception_stack != after.exception_stack) changed += "PG_exception_stack; ";
    if (before.context_stack != after.context_stack) changed += "error_context_stack; ";
    if (before.memory != after.memory) changed += "CurrentMemoryContext; ";
    if (before != after) changed += "something";
    return text_of(changed);
}

// ('palloc' or 'heap'): real exhaustion, not one request too large.
FIN_FUNCTION(bridge_probe_exhaust) {
    const bool by_palloc = string_argument(fcinfo, 0) == "palloc";
    const LittleMemory little(32);
    descend(10, by_palloc ? exhaust_palloc : exhaust_heap);
    PG_RETURN_VOID();
}

// Writes behind a block of the heap, to see that the sanitizer sees.
FIN_FUNCTION(bridge_probe_overflow) {
    const std::size_t size = static_cast<std::size_t>(PG_GETARG_INT32(0));
    const auto block = std::make_unique<char[]>(size);
    static_cast<volatile char*>(block.get())[size] = 1;
    PG_RETURN_VOID();
}
