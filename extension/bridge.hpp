// The one place where C++ exceptions and PostgreSQL errors meet.
//
//   guard(f)   runs a PostgreSQL call. Its ereport(ERROR) becomes a PgError that unwinds C++ frames properly.
//   entry(f)   runs the body of an SQL function. Any exception becomes an ereport(ERROR) after all frames are gone.
//
// f given to guard() may own nothing that needs a destructor: PostgreSQL's longjmp crosses f's frame.
#pragma once
#include <exception>
#include <new>
#include <type_traits>

#include "error.hpp"
#include "prelude.hpp"

#define FIN_EXPORT extern "C" __attribute__((visibility("default")))
// Declares an SQL-callable function whose body may throw.
#define FIN_FUNCTION(name)                                            \
    static Datum name##_body(FunctionCallInfo fcinfo);                \
    FIN_EXPORT const Pg_finfo_record* pg_finfo_##name();              \
    FIN_EXPORT Datum name(FunctionCallInfo fcinfo);                   \
    const Pg_finfo_record* pg_finfo_##name() {                        \
        static const Pg_finfo_record record = {1};                    \
        return &record;                                               \
    }                                                                 \
    Datum name(FunctionCallInfo fcinfo) {                             \
        return ::fin::pg::entry([&] { return name##_body(fcinfo); }); \
    }                                                                 \
    static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)

namespace fin::pg {

// A PostgreSQL error on its way through C++ frames: SQLSTATE, detail, hint and context intact.
class PgError : public std::exception {
public:
    explicit PgError(ErrorData* data) : data(data) {}
    const char* what() const noexcept override { return data->message ? data->message : "PostgreSQL error"; }
    ErrorData* data;  // lives in the memory context that was current when guard() was called
};

// The way back from where PostgreSQL's longjmp lands: throws PgError in `caller`'s memory, or bad_alloc where there is
// no memory even for that.
[[noreturn]] void throw_current_error(MemoryContext caller);

template <class F>
auto guard(F&& f) -> std::invoke_result_t<F> {
    using Result = std::invoke_result_t<F>;
    static_assert(std::is_void_v<Result> || std::is_trivially_destructible_v<Result>);
    MemoryContext caller = CurrentMemoryContext;
    sigjmp_buf* saved_stack = PG_exception_stack;
    ErrorContextCallback* saved_context = error_context_stack;
    sigjmp_buf here;
    if (sigsetjmp(here, 0) == 0) {
        PG_exception_stack = &here;
        try {
            if constexpr (std::is_void_v<Result>) {
                f();
                PG_exception_stack = saved_stack;
                error_context_stack = saved_context;
                return;
            } else {
                Result result = f();
                PG_exception_stack = saved_stack;
                error_context_stack = saved_context;
                return result;
            }
        } catch (...) {
            // Thrown by f itself. PostgreSQL's next error must not jump into the frame that ends here.
            PG_exception_stack = saved_stack;
            error_context_stack = saved_context;
            MemoryContextSwitchTo(caller);
            throw;
        }
    }
    PG_exception_stack = saved_stack;
    error_context_stack = saved_context;
    throw_current_error(caller);
}

// What is left of an exception once every C++ frame is gone. Plain data only.
struct Failure {
    ErrorData* pg = nullptr;
    int sqlstate = ERRCODE_INTERNAL_ERROR;
    char message[1024] = "", detail[2048] = "", hint[1024] = "";

    void fill(const Error& error) noexcept;
};

int sqlstate_of(ErrorCode code) noexcept;
[[noreturn]] void raise(Failure& failure);

template <class F>
Datum entry(F&& f) {
    Failure failure;
    try {
        return f();
    } catch (const PgError& error) {
        failure.pg = error.data;
    } catch (const Error& error) {
        failure.fill(error);
    } catch (const std::bad_alloc&) {
        failure.sqlstate = ERRCODE_OUT_OF_MEMORY;
        strlcpy(failure.message, "out of memory", sizeof failure.message);
    } catch (const std::exception& error) {
        strlcpy(failure.message, error.what(), sizeof failure.message);
    } catch (...) {
        strlcpy(failure.message, "unknown C++ exception", sizeof failure.message);
    }
    raise(failure);
}

// Thrown out of a long loop in the core when the user cancelled; the boundary then lets PostgreSQL say why.
inline void check_interrupts() {
    if (INTERRUPTS_PENDING_CONDITION()) guard([] { ProcessInterrupts(); });
}

}  // namespace fin::pg
