#include "api/routes/call_sql.hpp"

#include "api/sql/body_sql.hpp"
#include "api/sql/write_sql.hpp"

namespace fin::api::routes {

namespace {

// `value`: an expression of the one value of the call.
void write_settings(sql::Writer& out) {
    out << ", " << sql::response_headers << ", " << sql::response_status << ", null::int8 FROM _fin_called AS c";
}

}  // namespace

Query call_query(plan::Call& call, Kind kind) {
    sql::Writer out;
    const bool file = kind == Kind::file;
    const bool returns_void = call.function->returns_void;
    // Materialized: the function has run when its settings are read.
    out << "WITH _fin_called AS MATERIALIZED (";
    sql::write_call(out, call,
                    file ? std::vector<std::string>{"media_type", "filename", "content"} : std::vector<std::string>());
    out << ") SELECT 1::int8, null::int8, ";
    if (file)
        out << "c.content, pg_catalog.json_build_array(c.media_type, c.filename)::text";
    else
        out << (returns_void ? "null::text" : "c.pgrst_scalar::text") << ", null::text";
    write_settings(out);
    if (file) out << " LIMIT 1";
    return out.take();
}

Query keyed_call_query(plan::Call& call, const Repeat& repeat, const std::string& schema, int status) {
    sql::Writer out;
    const auto arguments = [&]() -> sql::Writer& {
        out << '(';
        out.parameter(repeat.key) << ", ";
        out.parameter(repeat.method) << ", ";
        out.parameter(repeat.path) << ", ";
        out.parameter(repeat.hash);
        return out;
    };
    out << "WITH _fin_begun AS MATERIALIZED (SELECT " << schema::Name{schema, "repeat_begin"};
    arguments() << ") AS stored), _fin_called AS MATERIALIZED (SELECT b.stored IS NOT NULL AS again, CASE WHEN "
                   "b.stored IS NULL THEN ";
    // A sub-select that depends on nothing is run when its value is first asked for: never for a repetition.
    out << schema::Name{schema, "repeat_end"};
    arguments() << ", ";
    out.parameter(std::to_string(status))
        << "::int, ("
        << (call.function->returns_void ? "SELECT null::jsonb FROM (" : "SELECT s.pgrst_scalar::jsonb FROM (");
    sql::write_call(out, call, {});
    out << ") AS s)) ELSE b.stored END AS answer FROM _fin_begun AS b) SELECT 1::int8, null::int8, "
           "nullif(c.answer -> 'body', 'null'::jsonb)::text, CASE WHEN c.again THEN 'again' END, "
           "nullif(c.answer -> 'headers', 'null'::jsonb)::text, c.answer ->> 'status', null::int8 FROM _fin_called AS "
           "c";
    return out.take();
}

}  // namespace fin::api::routes
