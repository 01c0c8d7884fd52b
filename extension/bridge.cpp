#include "bridge.hpp"

extern "C" {
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

namespace {

// The core speaks UTF-8, the client's message the database's encoding. Cut at a whole character first: a buffer may
// have ended inside one.
char* speakable(char* text) {
    const int length = static_cast<int>(strlen(text));
    text[pg_encoding_mbcliplen(PG_UTF8, text, length, length)] = '\0';
    return pg_any_to_server(text, static_cast<int>(strlen(text)), PG_UTF8);
}

}  // namespace

void raise(Failure& failure) {
    if (failure.pg) ReThrowError(failure.pg);
    ereport(ERROR, (errcode(failure.sqlstate), errmsg("%s", speakable(failure.message)),
                    failure.detail[0] ? errdetail("%s", speakable(failure.detail)) : 0,
                    failure.hint[0] ? errhint("%s", speakable(failure.hint)) : 0));
    pg_unreachable();
}

}  // namespace fin::pg
