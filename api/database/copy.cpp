#include "api/database/copy.hpp"

#include <cstring>
#include <exception>

namespace fin::api {

namespace {

const std::vector<std::optional<std::string>> no_values;

[[noreturn]] void lost(Connection& connection) {
    connection.mark_broken();
    throw ConnectionLost(PQerrorMessage(connection.raw()));
}

// The results of the statement under way to their end. Throws StatementFailed for the first error.
Task<void> finish_copy(Connection& connection) {
    std::optional<DatabaseError> failure;
    while (true) {
        co_await connection.ready();
        const Result result(PQgetResult(connection.raw()));
        if (result == nullptr) break;
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_FATAL_ERROR && !failure) failure = error_of(result.get());
        if (status == PGRES_COPY_IN) lost(connection);
    }
    if (PQstatus(connection.raw()) == CONNECTION_BAD) lost(connection);
    if (failure) throw StatementFailed(*failure);
}

Task<void> copy_in(Connection& connection, CopySource& source) {
    PGconn* const raw = connection.raw();
    const std::string statement = source.statement();
    if (PQsendQueryParams(raw, statement.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 0) lost(connection);
    co_await connection.flush();
    co_await connection.ready();
    const Result begun(PQgetResult(raw));
    if (begun == nullptr) lost(connection);
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) {
        const DatabaseError error = error_of(begun.get());
        co_await finish_copy(connection);
        throw StatementFailed(error);
    }
    source.rewind();
    std::string piece;
    std::exception_ptr failure;
    bool more = true;
    while (more) {
        try {
            more = source.next(piece);
        } catch (...) {
            failure = std::current_exception();
            more = false;
        }
        if (!more) break;
        if (PQputCopyData(raw, piece.data(), static_cast<int>(piece.size())) != 1) lost(connection);
        co_await connection.flush();  // before the next piece is read: the database sets the pace
    }
    if (PQputCopyEnd(raw, failure ? "the upload cannot be read" : nullptr) != 1) lost(connection);
    co_await connection.flush();
    try {
        co_await finish_copy(connection);
    } catch (const StatementFailed&) {
        if (!failure) throw;
    }
    if (failure) std::rethrow_exception(failure);
}

// isolation: as the role or the function has it; its words, and nothing else.
std::string begin_of(const std::string& isolation) {
    constexpr std::string_view words = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ";
    const bool given = !isolation.empty() && isolation.find_first_not_of(words) == std::string::npos;
    return (given ? "BEGIN ISOLATION LEVEL " + isolation : std::string("BEGIN")) + " READ WRITE";
}

Answer read_answer(const PGresult* result) {
    Answer answer;
    if (PQntuples(result) == 0) return answer;
    const auto text = [&](int column) -> std::optional<std::string> {
        if (column >= PQnfields(result) || PQgetisnull(result, 0, column) != 0) return std::nullopt;
        return std::string(PQgetvalue(result, 0, column), static_cast<std::size_t>(PQgetlength(result, 0, column)));
    };
    answer.page_total = 1;
    answer.body = text(2);
    answer.location = text(3);
    answer.response_headers = text(4);
    answer.response_status = text(5);
    return answer;
}

Task<void> run_transaction(Connection& connection, const Handling& handling, const ExchangeFacts& facts,
                           Exchanged& exchanged, bool& repeats) {
    const Transaction& wanted = *handling.transaction();
    if (!facts.application_name.empty()) {
        const std::vector<std::optional<std::string>> values = {facts.application_name};
        const std::string naming = "SELECT set_config('application_name', $1, true)";
        co_await connection.query(naming, values);
    }
    co_await connection.query(wanted.settings.text, wanted.settings.parameters);
    if (wanted.pre_request) co_await connection.query(wanted.pre_request->text, wanted.pre_request->parameters);
    co_await copy_in(connection, *wanted.copy);
    const Result result = co_await connection.query(wanted.main.text, wanted.main.parameters);
    const Answer answer = read_answer(result.get());
    repeats = answer.location.has_value();
    exchanged.response = handling.respond(answer);
}

}  // namespace

Task<Exchanged> exchange_with_copy(Connection& connection, const Handling& handling, const ExchangeFacts& facts) {
    const Transaction& wanted = *handling.transaction();
    Exchanged exchanged;
    std::exception_ptr failure;
    bool repeats = false;
    const std::string begin = begin_of(wanted.isolation), commit = "COMMIT", rollback = "ROLLBACK",
                      position = "SELECT pg_catalog.pg_current_wal_insert_lsn()";
    try {
        co_await connection.query(begin, no_values);
        try {
            co_await run_transaction(connection, handling, facts, exchanged, repeats);
        } catch (const ConnectionLost&) {
            throw;
        } catch (...) {
            failure = std::current_exception();
        }
        const bool keep = !failure && !wanted.roll_back && !repeats;
        const Result ended = co_await connection.query(keep ? commit : rollback, no_values);
        if (keep && std::strcmp(PQcmdStatus(ended.get()), "COMMIT") != 0)
            throw ConnectionLost("the transaction ended without COMMIT");
        if (keep && facts.want_position) {
            const Result at = co_await connection.query(position, no_values);
            if (PQntuples(at.get()) == 1) exchanged.position = parse_position(PQgetvalue(at.get(), 0, 0));
        }
    } catch (...) {
        // A deferred constraint may refuse at COMMIT, which leaves the connection fit for use.
        if (PQtransactionStatus(connection.raw()) != PQTRANS_IDLE) connection.mark_broken();
        throw;
    }
    if (failure) std::rethrow_exception(failure);
    co_return exchanged;
}

}  // namespace fin::api
