#include "api/sql/body_sql.hpp"

namespace fin::api::sql {

namespace {

using Kind = plan::Handler::Kind;

// What is made into JSON: the row, or the value it holds.
void write_item(Writer& out, const schema::Function* function) {
    out << row_alias;
    if (function && plan::returns_scalar(*function)) out << ".pgrst_scalar";
}

void write_json(Writer& out, const schema::Function* function, bool stripped, bool first_only) {
    const bool one = first_only || (function && plan::returns_one(*function));
    out << "coalesce(" << (stripped ? "pg_catalog.json_strip_nulls(" : "") << "pg_catalog.json_agg(";
    write_item(out, function);
    out << ')' << (one ? "->0" : "") << (stripped ? ")" : "") << ", '" << (one ? "null" : "[]") << "')";
}

void write_csv_line(Writer& out) {
    out << "pg_catalog.substring(" << row_alias << "::text, 2, pg_catalog.length(" << row_alias << "::text) - 2)";
}

// The names of the columns, from the first row; no rows: none.
void write_csv_header(Writer& out, std::string_view rows) {
    out << "(SELECT coalesce(pg_catalog.string_agg(k, ','), '') FROM (SELECT pg_catalog.json_object_keys(r) AS k FROM "
           "(SELECT pg_catalog.row_to_json(h) AS r FROM "
        << rows << " AS h LIMIT 1) s) a)";
}

// One row of the body.
void write_piece(Writer& out, const plan::Handler& handler, const schema::Function* function) {
    if (handler.kind == Kind::csv) return write_csv_line(out);
    const bool stripped = handler.kind == Kind::json_stripped;
    const bool scalar = function && plan::returns_scalar(*function);
    out << (scalar ? "coalesce(" : "") << (stripped ? "pg_catalog.json_strip_nulls(" : "")
        << (scalar ? "pg_catalog.to_json(" : "pg_catalog.row_to_json(");
    write_item(out, function);
    out << (stripped ? "))::text" : ")::text") << (scalar ? ", 'null')" : "");
}

}  // namespace

void write_body(Writer& out, const plan::Handler& handler, const schema::Function* function,
                std::string_view header_source) {
    switch (handler.kind) {
        case Kind::json:
        case Kind::json_stripped: write_json(out, function, handler.kind == Kind::json_stripped, false); return;
        case Kind::object:
        case Kind::object_stripped: write_json(out, function, handler.kind == Kind::object_stripped, true); return;
        case Kind::csv:
            write_csv_header(out, header_source);
            out << " || E'\\n' || coalesce(pg_catalog.string_agg(";
            write_csv_line(out);
            out << ", E'\\n'), '')";
            return;
        case Kind::geojson:
            out << "pg_catalog.json_build_object('type', 'FeatureCollection', 'features', "
                   "coalesce(pg_catalog.json_agg(ST_AsGeoJSON("
                << row_alias << ")::json), '[]'))";
            return;
        case Kind::aggregate:
            out << handler.function << '(';
            write_item(out, function);
            if (handler.relation && !(function && plan::returns_scalar(*function))) out << "::" << *handler.relation;
            out << ')';
            return;
        // Of one row, and nothing around it is aggregated.
        case Kind::scalar: out << row_alias << ".pgrst_scalar"; return;
        case Kind::none: out << "null::text"; return;
    }
}

bool can_stream(const plan::Handler& handler) {
    if (handler.media_type.kind == request::MediaType::Kind::plan) return false;
    return handler.kind == Kind::json || handler.kind == Kind::json_stripped || handler.kind == Kind::csv;
}

void write_pieces(Writer& out, const plan::Handler& handler, const schema::Function* function, std::string_view rows,
                  std::string_view rest) {
    const bool csv = handler.kind == Kind::csv;
    // The separators of json_agg, so that the text does not depend on the way it was made.
    const std::string_view separator = csv ? "E'\\n'" : "E', \\n '";
    out << "SELECT ";
    if (csv) {
        write_csv_header(out, rows);
        out << " || " << separator;
    } else {
        out << "'['";
    }
    out << " || coalesce((SELECT ";
    write_piece(out, handler, function);
    out << " FROM " << rows << " AS " << row_alias << " LIMIT 1), '')" << rest;
    out << " UNION ALL SELECT " << separator << " || ";
    write_piece(out, handler, function);
    out << rest << " FROM (SELECT * FROM " << rows << " OFFSET 1) AS " << row_alias;
    if (!csv) out << " UNION ALL SELECT ']'" << rest;
}

}  // namespace fin::api::sql
