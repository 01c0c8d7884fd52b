#include "api/sql/write_sql.hpp"

#include <algorithm>
#include <utility>

#include "api/request/text.hpp"
#include "api/sql/read_sql.hpp"

namespace fin::api::sql {

namespace {

using plan::Write;
using plan::WrittenColumn;

constexpr std::string_view body_alias = "pgrst_body";

// jsonb_build_object('column', default, ...)
void write_defaults(Writer& out, const std::vector<WrittenColumn>& columns) {
    out << "pg_catalog.jsonb_build_object(";
    Separator separator(out, ", ");
    for (const WrittenColumn& column : columns)
        if (!column.default_value.empty()) separator.next() << literal(column.name) << ", " << column.default_value;
    out << ')';
}

void write_json_source(Writer& out, Write& write) {
    if (!write.use_defaults) {
        out.parameter(std::move(write.body.text));
    } else if (write.body.is_object) {
        write_defaults(out, write.columns);
        out << " || ";
        out.parameter(std::move(write.body.text)) << "::jsonb";
    } else {
        out << "(SELECT pg_catalog.jsonb_agg(";
        write_defaults(out, write.columns);
        out << " || elem) FROM pg_catalog.jsonb_array_elements(";
        out.parameter(std::move(write.body.text)) << ") elem)";
    }
}

// The body's rows as a table named pgrst_body.
void write_rows(Writer& out, Write& write) {
    const bool transformed = std::any_of(write.columns.begin(), write.columns.end(),
                                         [](const WrittenColumn& column) { return !column.transform.empty(); });
    out << "FROM ";
    if (write.columns.empty()) {
        // {} is one row of defaults, [{}, {}] two, [] none.
        if (write.body.is_object) {
            out << "(VALUES (1)) " << body_alias;
        } else {
            out << "pg_catalog.json_array_elements(";
            out.parameter(std::move(write.body.text)) << ") " << body_alias;
        }
        return;
    }
    if (transformed) {
        out << "(SELECT ";
        Separator separator(out, ", ");
        for (const WrittenColumn& column : write.columns) {
            separator.next() << column.transform << (column.transform.empty() ? "" : "(");
            out.identifier(column.name) << (column.transform.empty() ? "" : ")");
            out << " AS ";
            out.identifier(column.name);
        }
        out << " FROM ";
    }
    out << (write.use_defaults ? "pg_catalog.jsonb_to_record" : "pg_catalog.json_to_record")
        << (write.body.is_object ? "(" : "set(");
    write_json_source(out, write);
    out << ") AS " << (transformed ? "_" : body_alias) << '(';
    Separator separator(out, ", ");
    for (const WrittenColumn& column : write.columns) separator.next().identifier(column.name) << ' ' << column.type;
    out << ')';
    if (transformed) out << ") " << body_alias;
}

// Counts rows in a setting of the transaction: true for each. Up for what would be inserted, down for what was there.
void write_inserted(Writer& out, bool up) {
    out << "pg_catalog.set_config('pgrst.inserted', (coalesce(nullif(pg_catalog.current_setting('pgrst.inserted', "
           "true), '')::int, 0) "
        << (up ? "+ 1)::text, true) <> '0'" : "- 1)::text, true) <> '-1'");
}

void write_returning(Writer& out, const Write& write) {
    out << " RETURNING ";
    if (write.returning.empty()) {
        out << '1';
        return;
    }
    Separator separator(out, ", ");
    for (const std::string& column : write.returning) {
        separator.next() << write.table->name << '.';
        if (column == "*")
            out << '*';
        else
            out.identifier(column);
    }
}

void write_conflict(Writer& out, const Write& write) {
    if (!write.resolution || write.conflict.empty()) return;
    out << " ON CONFLICT (";
    Separator names(out, ", ");
    for (const std::string& column : write.conflict) names.next().identifier(column);
    out << ") DO ";
    if (write.resolution == request::Resolution::ignore_duplicates || write.columns.empty()) {
        out << "NOTHING";
        return;
    }
    out << "UPDATE SET ";
    Separator separator(out, ", ");
    for (const WrittenColumn& column : write.columns) {
        separator.next().identifier(column.name) << " = EXCLUDED.";
        out.identifier(column.name);
    }
    out << " WHERE ";
    write_inserted(out, false);
}

void write_insert(Writer& out, Write& write) {
    out << "INSERT INTO " << write.table->name;
    if (!write.columns.empty()) {
        out << " (";
        Separator separator(out, ", ");
        for (const WrittenColumn& column : write.columns) separator.next().identifier(column.name);
        out << ')';
    }
    out << " SELECT ";
    Separator separator(out, ", ");
    for (const WrittenColumn& column : write.columns) {
        separator.next() << body_alias << '.';
        out.identifier(column.name);
    }
    out << ' ';
    write_rows(out, write);
    if (write.counts_inserted()) {
        out << " WHERE ";
        write_inserted(out, true);
        if (!write.where.empty()) {
            out << " AND ";
            write_conditions(out, Qualifier{{"", std::string(body_alias)}}, write.where);
        }
    }
    write_conflict(out, write);
    write_returning(out, write);
}

void write_update(Writer& out, Write& write) {
    if (write.columns.empty()) {
        // Nothing to set: no rows, but the representation's columns.
        out << "SELECT ";
        if (write.returning.empty()) out << "NULL";
        Separator separator(out, ", ");
        for (const std::string& column : write.returning) {
            separator.next() << write.table->name << '.';
            if (column == "*")
                out << '*';
            else
                out.identifier(column);
        }
        out << " FROM " << write.table->name << " WHERE false";
        return;
    }
    out << "UPDATE " << write.table->name << " SET ";
    Separator separator(out, ", ");
    for (const WrittenColumn& column : write.columns) {
        separator.next().identifier(column.name) << " = " << body_alias << '.';
        out.identifier(column.name);
    }
    out << ' ';
    write_rows(out, write);
    if (!write.where.empty()) {
        out << " WHERE ";
        write_conditions(out, Qualifier{write.table->name}, write.where);
    }
    write_returning(out, write);
}

void write_argument(Writer& out, const plan::Call& call, const plan::Argument& argument) {
    if (argument.parameter->variadic) out << "VARIADIC ";
    out.identifier(argument.parameter->name) << " := ";
    if (call.from_json) {
        out << body_alias << '.';
        out.identifier(argument.parameter->name);
    } else {
        out.parameter(argument.parameter->variadic ? request::array_literal(argument.values) : argument.value)
            << "::" << argument.parameter->max_length_type;
    }
}

// whole_body: of a function that takes it as it is; nullptr: it does not.
void write_invocation(Writer& out, const plan::Call& call, std::string* whole_body) {
    out << call.function->name << '(';
    if (whole_body) {
        out.parameter(std::exchange(*whole_body, {})) << "::" << call.function->parameters[0].type;
    } else {
        Separator separator(out, ", ");
        for (const plan::Argument& argument : call.arguments) {
            separator.next();
            write_argument(out, call, argument);
        }
    }
    out << ')';
}

}  // namespace

void write_mutation(Writer& out, Write& write) {
    switch (write.kind) {
        case Write::Kind::insert:
        case Write::Kind::put: return write_insert(out, write);
        case Write::Kind::update: return write_update(out, write);
        case Write::Kind::remove: break;
    }
    out << "DELETE FROM " << write.table->name;
    if (!write.where.empty()) {
        out << " WHERE ";
        write_conditions(out, Qualifier{write.table->name}, write.where);
    }
    write_returning(out, write);
}

void write_call(Writer& out, plan::Call& call, const std::vector<std::string>& columns) {
    const bool scalar = plan::returns_scalar(*call.function);
    const bool members = call.from_json && !call.arguments.empty();  // of the body are the arguments
    std::string body = std::move(call.body.text);
    out << "SELECT ";
    if (scalar) {
        out << "pgrst_call.pgrst_scalar";
    } else {
        Separator separator(out, ", ");
        for (const std::string& column : columns) {
            separator.next() << "pgrst_call.";
            if (column == "*")
                out << '*';
            else
                out.identifier(column);
        }
        if (columns.empty()) out << "pgrst_call.*";
    }
    out << " FROM ";
    if (members) {
        out << "(SELECT * FROM "
            << (call.body.is_object ? "pg_catalog.json_to_record(" : "pg_catalog.json_to_recordset(");
        out.parameter(std::exchange(body, {})) << ") AS _(";
        Separator separator(out, ", ");
        for (const plan::Argument& argument : call.arguments)
            separator.next().identifier(argument.parameter->name) << ' ' << argument.parameter->max_length_type;
        out << ") LIMIT 1) " << body_alias << ", LATERAL ";
    }
    if (scalar) out << "(SELECT ";
    write_invocation(out, call, !members && call.whole_body ? &body : nullptr);
    out << (scalar ? " AS pgrst_scalar) pgrst_call" : " pgrst_call");
}

}  // namespace fin::api::sql
