#include "api/database/control.hpp"

#include <exception>

namespace fin::api {

namespace {

// A setting of the role in this database wins over one in all databases.
const std::string role_settings = R"(
SELECT DISTINCT ON (name) pg_catalog.substr(name, 7), value
FROM (SELECT s.setdatabase, pg_catalog.split_part(entry, '=', 1) AS name,
             pg_catalog.substr(entry, pg_catalog.strpos(entry, '=') + 1) AS value
      FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) AS entry
      WHERE s.setrole = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER)
        AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))) t
WHERE name LIKE 'pgrst.%'
ORDER BY name, setdatabase DESC)";

// Settings made by a function are visible by their names alone.
const std::string function_settings = R"(
SELECT name, pg_catalog.current_setting('pgrst.' || name, true)
FROM pg_catalog.unnest('{db_aggregates_enabled,db_anon_role,db_extra_search_path,db_max_rows,db_plan_enabled,
db_pre_request,db_prepared_statements,db_root_spec,db_schemas,db_tx_end,db_hoisted_tx_settings,jwt_aud,
jwt_role_claim_key,jwt_secret,jwt_secret_is_base64,jwt_cache_max_entries,openapi_mode,openapi_security_active,
openapi_server_proxy_uri,server_cors_allowed_origins,server_timing_enabled,server_trace_header,
client_error_verbosity,log_level,log_query,url_use_legacy_target_names}'::pg_catalog.text[]) AS name
WHERE pg_catalog.current_setting('pgrst.' || name, true) <> '')";

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

std::string quoted_function(Connection& connection, const std::string& name) {
    // May be qualified: each part is an identifier of its own.
    std::string quoted;
    std::size_t start = 0;
    while (start <= name.size()) {
        const auto dot = std::min(name.find('.', start), name.size());
        char* part = PQescapeIdentifier(connection.raw(), name.data() + start, dot - start);
        if (part == nullptr) throw ConnectionLost("db-pre-config is no name of a function");
        if (!quoted.empty()) quoted += '.';
        quoted += part;
        PQfreemem(part);
        start = dot + 1;
    }
    return quoted;
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
    std::map<std::string, std::string> settings;
    schema::Rows rows = co_await rows_of(connection, role_settings, none);
    if (!pre_config.empty()) {
        std::exception_ptr failure;
        co_await rows_of(connection, "BEGIN", none);
        try {
            const std::string call = "SELECT " + quoted_function(connection, pre_config) + "()";
            co_await rows_of(connection, call, none);
            schema::Rows more = co_await rows_of(connection, function_settings, none);
            for (auto& row : more) rows.push_back(std::move(row));
        } catch (const StatementFailed&) {
            failure = std::current_exception();
        }
        co_await rows_of(connection, failure ? "ROLLBACK" : "COMMIT", none);
        if (failure) std::rethrow_exception(failure);
    }
    for (const auto& row : rows)
        if (row.size() == 2 && row[0] && row[1]) settings[*row[0]] = *row[1];
    co_return settings;
}

}  // namespace fin::api
