#include "api/database/control.hpp"

#include <exception>

#include "api/config/database_settings.hpp"

namespace fin::api {

namespace {

schema::Rows rows_in(const PGresult* result) {
    schema::Rows rows(static_cast<std::size_t>(PQntuples(result)));
    const int columns = PQnfields(result);
    for (int row = 0; row < PQntuples(result); ++row) {
        auto& cells = rows[static_cast<std::size_t>(row)];
        cells.reserve(static_cast<std::size_t>(columns));
        for (int column = 0; column < columns; ++column) {
            if (PQgetisnull(result, row, column) != 0)
                cells.emplace_back();
            else
                cells.emplace_back(std::string(PQgetvalue(result, row, column),
                                               static_cast<std::size_t>(PQgetlength(result, row, column))));
        }
    }
    return rows;
}

}  // namespace

Task<schema::Rows> rows_of(Connection& connection, const std::string& text,
                           const std::vector<std::string>& parameters) {
    const std::vector<std::optional<std::string>> values(parameters.begin(), parameters.end());
    const Result result = co_await connection.query(text, values);
    co_return rows_in(result.get());
}

Task<std::vector<schema::Rows>> read_schema(Connection& connection, const std::vector<schema::LoadQuery>& queries) {
    const std::vector<std::string> none;
    std::vector<schema::Rows> answers;
    answers.reserve(queries.size());
    std::exception_ptr failure;
    co_await rows_of(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", none);
    try {
        for (const auto& query : queries) {
            schema::Rows rows = co_await rows_of(connection, query.text, query.parameters);
            answers.push_back(std::move(rows));
        }
    } catch (const StatementFailed&) {
        failure = std::current_exception();
    }
    co_await rows_of(connection, failure ? "ROLLBACK" : "COMMIT", none);
    if (failure) std::rethrow_exception(failure);
    co_return answers;
}

Task<std::map<std::string, std::string>> read_settings(Connection& connection, const std::string& pre_config) {
    const std::vector<std::string> none;
    const std::string query = database_settings_query(pre_config);
    const schema::Rows rows = co_await rows_of(connection, query, none);
    co_return read_database_settings(rows);
}

}  // namespace fin::api
