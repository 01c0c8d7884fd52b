#include "api/sql/statements.hpp"

#include <algorithm>

#include "api/sql/body_sql.hpp"
#include "api/sql/read_sql.hpp"
#include "api/sql/write_sql.hpp"

namespace fin::api::sql {

namespace {

using plan::Node;
using MediaKind = request::MediaType::Kind;

// Up to so many rows an answer is made in one piece, which costs less; above, it passes through row by row.
constexpr std::int64_t few_rows = 1000;

bool counts(const ReadOptions& options) {
    return options.count == request::Count::exact || options.count == request::Count::estimated;
}

// The total without limits; where nothing limits, it is the number of rows itself.
void write_total(Writer& out, const Node& tree, const ReadOptions& options) {
    if (!counts(options)) {
        out << "null::int8";
    } else if (options.range.all() && !options.max_rows) {
        out << "pg_catalog.count(*)";
    } else {
        out << "(SELECT pg_catalog.count(*) FROM (";
        write_count(out, tree);
        if (options.count == request::Count::estimated && options.max_rows) {
            out << " LIMIT ";
            out.parameter(std::to_string(*options.max_rows + 1));
        }
        out << ") _fin_total)";
    }
}

void write_explain(Writer& out, const plan::Handler& handler) {
    if (handler.media_type.kind != MediaKind::plan) return;
    out << "EXPLAIN (FORMAT " << (handler.media_type.plan_json ? "JSON" : "TEXT");
    for (const std::string_view option : handler.media_type.plan_options) out << ", " << option;
    out << ") ";
}

Shape shape_of(const plan::Handler& handler) {
    return handler.media_type.kind == MediaKind::plan ? Shape::plan : Shape::single;
}

// One value for the column, or where `may_list` a few.
bool holds(const plan::Condition& condition, const std::string& column, bool may_list) {
    const request::Filter& filter = condition.filter;
    if (condition.kind != request::Logic::Kind::term || filter.negated || !condition.column.path.empty() ||
        condition.column.name != column)
        return false;
    if (filter.op == request::Operator::in)
        return may_list && static_cast<std::int64_t>(filter.list.size()) <= few_rows;
    return filter.op == request::Operator::eq && filter.quantifier == request::Quantifier::none;
}

bool holds_key(const Node& tree) {
    if (!tree.relation || tree.relation->primary_key.empty()) return false;
    const bool may_list = tree.relation->primary_key.size() == 1;
    for (const std::string& column : tree.relation->primary_key) {
        const bool held = std::any_of(tree.where.begin(), tree.where.end(), [&](const plan::Condition& condition) {
            return holds(condition, column, may_list);
        });
        if (!held) return false;
    }
    return true;
}

bool is_long(const Node& tree) {
    const auto limit = tree.range.limit();
    return !(limit && *limit <= few_rows) && !holds_key(tree);
}

// After "WITH ... " with the source: first what is known of the answer, then its pieces.
void write_stream(Writer& out, const Node& tree, const ReadOptions& options, const schema::Function* function,
                  std::string_view rows) {
    out << "SELECT pg_catalog.count(*)::text, ";
    write_total(out, tree, options);
    out << ", null::text, null::text, " << response_headers << ", " << response_status << ", null::int8 FROM " << rows
        << " UNION ALL ";
    write_pieces(out, options.handler, function, rows, ", null, null, null, null, null, null");
}

void write_answer(Writer& out, const Node& tree, const ReadOptions& options, const schema::Function* function,
                  std::string_view header_source) {
    out << "SELECT " << (function && plan::returns_one(*function) ? "1::int8" : "pg_catalog.count(*)") << ", ";
    if (function && plan::returns_one(*function) && counts(options) && options.range.all() && !options.max_rows)
        out << "1::int8";
    else
        write_total(out, tree, options);
    out << ", ";
    write_body(out, options.handler, function, header_source);
    out << ", null::text, " << response_headers << ", " << response_status << ", null::int8 FROM (";
}

void write_location(Writer& out, const plan::Write& write) {
    if (write.key.empty()) {
        out << "null::text";
        return;
    }
    out << "CASE WHEN pg_catalog.count(*) = 1 THEN (SELECT pg_catalog.json_build_array(";
    Separator separator(out, ", ");
    for (const std::string& column : write.key) {
        separator.next() << "pg_catalog.to_json(s.";
        out.identifier(column) << ") #>> '{}'";
    }
    out << ")::text FROM " << source_name << " AS s) END";
}

}  // namespace

Main read_statement(const Node& tree, const ReadOptions& options) {
    Writer out;
    Main main;
    if (options.may_stream && can_stream(options.handler) && is_long(tree)) {
        main.shape = Shape::stream;
        out << "WITH " << source_name << " AS MATERIALIZED (";
        write_read(out, tree);
        out << ") ";
        write_stream(out, tree, options, nullptr, source_name);
        main.query = out.take();
        return main;
    }
    main.shape = shape_of(options.handler);
    write_explain(out, options.handler);
    if (options.handler.kind == plan::Handler::Kind::csv) {
        out << "WITH " << source_name << " AS (";
        write_read(out, tree);
        out << ") ";
        write_answer(out, tree, options, nullptr, source_name);
        out << "SELECT * FROM " << source_name;
    } else {
        write_answer(out, tree, options, nullptr, source_name);
        write_read(out, tree);
    }
    out << ") AS " << row_alias;
    main.query = out.take();
    return main;
}

Main call_statement(plan::Call& call, const Node& tree, const ReadOptions& options) {
    Writer out;
    Main main;
    const schema::Function& function = *call.function;
    const std::vector<std::string> columns = plan::needed_columns(tree);
    const bool streams = options.may_stream && function.returns_set && can_stream(options.handler) && is_long(tree);
    main.shape = streams ? Shape::stream : shape_of(options.handler);
    write_explain(out, options.handler);
    out << "WITH " << source_name << " AS (";
    write_call(out, call, columns);
    out << ")";
    if (streams) {
        out << ", _fin_rows AS MATERIALIZED (";
        write_read(out, tree);
        out << ") ";
        write_stream(out, tree, options, &function, "_fin_rows");
        main.query = out.take();
        return main;
    }
    out << ' ';
    write_answer(out, tree, options, &function, source_name);
    write_read(out, tree);
    out << ") AS " << row_alias;
    main.query = out.take();
    return main;
}

Main write_statement(plan::Write& write, const Node& tree, const plan::Handler& handler, bool with_body,
                     bool with_location) {
    Writer out;
    Main main;
    main.shape = shape_of(handler);
    write_explain(out, handler);
    out << "WITH " << source_name << " AS (";
    write_mutation(out, write);
    out << ") SELECT pg_catalog.count(*), null::int8, ";
    if (with_body)
        write_body(out, handler, nullptr, source_name);
    else
        out << "null::text";
    out << ", ";
    if (with_location)
        write_location(out, write);
    else
        out << "null::text";
    out << ", " << response_headers << ", " << response_status << ", ";
    out << (write.counts_inserted() ? "nullif(pg_catalog.current_setting('pgrst.inserted', true), '')::int8"
                                    : "null::int8");
    out << " FROM (";
    if (with_body)
        write_read(out, tree);
    else
        out << "SELECT FROM " << source_name;
    out << ") AS " << row_alias;
    main.query = out.take();
    return main;
}

Query count_plan(const Node& tree) {
    Writer out;
    out << "EXPLAIN (FORMAT JSON) ";
    write_count(out, tree);
    return out.take();
}

}  // namespace fin::api::sql
