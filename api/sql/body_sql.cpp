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
    out << "coalesce(" << (stripped ? "json_strip_nulls(" : "") << "json_agg(";
    write_item(out, function);
    out << ')' << (one ? "->0" : "") << (stripped ? ")" : "") << ", '" << (one ? "null" : "[]") << "')";
}

void write_csv_line(Writer& out) {
    out << "substring(" << row_alias << "::text, 2, length(" << row_alias << "::text) - 2)";
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
            out << "(SELECT coalesce(string_agg(k, ','), '') FROM (SELECT json_object_keys(r) AS k FROM "
                   "(SELECT row_to_json(h) AS r FROM "
                << header_source << " AS h LIMIT 1) s) a) || E'\\n' || coalesce(string_agg(";
            write_csv_line(out);
            out << ", E'\\n'), '')";
            return;
        case Kind::geojson:
            out << "json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(ST_AsGeoJSON("
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
    return handler.media_type.kind != request::MediaType::Kind::plan && handler.kind == Kind::json;
}

void write_piece(Writer& out, const plan::Handler& /*handler*/, const schema::Function* function) {
    const bool scalar = function && plan::returns_scalar(*function);
    if (scalar)
        out << "coalesce(to_json(";
    else
        out << "row_to_json(";
    write_item(out, function);
    out << (scalar ? ")::text, 'null')" : ")::text");
}

}  // namespace fin::api::sql
