#include "bridge.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
}

// PGDLLEXPORT is empty in PostgreSQL 15: with hidden visibility the magic block must be exported by hand.
FIN_EXPORT const Pg_magic_struct* Pg_magic_func();
extern "C" {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
PG_MODULE_MAGIC;
#pragma GCC diagnostic pop
}

namespace fin::pg {

int sqlstate_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid_argument: return ERRCODE_INVALID_PARAMETER_VALUE;
        case ErrorCode::out_of_domain: return ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
        case ErrorCode::bad_data: return ERRCODE_DATA_EXCEPTION;
        case ErrorCode::limit_exceeded: return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
        case ErrorCode::not_converged: return ERRCODE_DATA_EXCEPTION;
        case ErrorCode::not_found: return ERRCODE_UNDEFINED_OBJECT;
        case ErrorCode::not_ready: return ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
    }
    return ERRCODE_INTERNAL_ERROR;
}

void Failure::fill(const Error& error) noexcept {
    sqlstate = sqlstate_of(error.code);
    strlcpy(message, error.what(), sizeof message);
    strlcpy(detail, error.detail.c_str(), sizeof detail);
    strlcpy(hint, error.hint.c_str(), sizeof hint);
}

void throw_current_error(MemoryContext caller) {
    MemoryContextSwitchTo(caller);
    // Where memory is exhausted the copy fails as well, and its error must not jump over the frames of C++ either.
    sigjmp_buf* saved_stack = PG_exception_stack;
    ErrorContextCallback* saved_context = error_context_stack;
    ErrorData* volatile data = nullptr;
    sigjmp_buf here;
    if (sigsetjmp(here, 0) == 0) {
        PG_exception_stack = &here;
        data = CopyErrorData();
    }
    PG_exception_stack = saved_stack;
    error_context_stack = saved_context;
    MemoryContextSwitchTo(caller);
    FlushErrorState();
    if (!data) throw std::bad_alloc();
    throw PgError(data);
}

namespace {

// Puts a question mark for every byte that is no part of UTF-8.
void make_valid(char* text) {
    char* const end = text + strlen(text);
    while (text < end) {
        const int length = pg_encoding_verifymbchar(PG_UTF8, text, static_cast<int>(end - text));
        if (length < 0) *text = '?';
        text += length < 0 ? 1 : length;
    }
}

// Puts a question mark for every character that the database's encoding does not have.
char* in_server_encoding(char* text) {
    auto* source = reinterpret_cast<unsigned char*>(text);
    const Oid conversion =
        IsTransactionState() ? FindDefaultConversionProc(PG_UTF8, GetDatabaseEncoding()) : InvalidOid;
    const int room = static_cast<int>(strlen(text)) * MAX_CONVERSION_GROWTH + 1;
    auto* const result = static_cast<unsigned char*>(palloc(room));
    unsigned char* out = result;
    while (*source) {
        if (OidIsValid(conversion)) {
            source += pg_do_encoding_conversion_buf(conversion, PG_UTF8, GetDatabaseEncoding(), source,
                                                    static_cast<int>(strlen(reinterpret_cast<char*>(source))), out,
                                                    room - static_cast<int>(out - result), true);
            out += strlen(reinterpret_cast<char*>(out));
            if (!*source) break;
        }
        const int length = pg_encoding_mblen(PG_UTF8, reinterpret_cast<char*>(source));
        *out++ = length == 1 ? *source : '?';
        source += length;
    }
    *out = '\0';
    return reinterpret_cast<char*>(result);
}

// The core speaks UTF-8, the client's message the database's encoding. Cut at a whole character first: a buffer may
// have ended inside one. What cannot be said is replaced, so that no error of conversion takes the place of this one.
char* speakable(char* text) {
    const int length = static_cast<int>(strlen(text));
    text[pg_encoding_mbcliplen(PG_UTF8, text, length, length)] = '\0';
    make_valid(text);
    const int encoding = GetDatabaseEncoding();
    return encoding == PG_UTF8 || encoding == PG_SQL_ASCII ? text : in_server_encoding(text);
}

}  // namespace

void raise(Failure& failure) {
    if (failure.pg) ReThrowError(failure.pg);
    const char* message = speakable(failure.message);
    const char* detail = speakable(failure.detail);
    const char* hint = speakable(failure.hint);
    ereport(ERROR, (errcode(failure.sqlstate), errmsg("%s", message), *detail ? errdetail("%s", detail) : 0,
                    *hint ? errhint("%s", hint) : 0));
    pg_unreachable();
}

}  // namespace fin::pg
