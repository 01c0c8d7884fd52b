#include "api/plan/write.hpp"

#include <algorithm>
#include <set>

#include "api/error.hpp"

namespace fin::api::plan {

namespace {

using request::QueryString;

WrittenColumn written(const schema::Cache& cache, const schema::Relation& table, const std::string& name) {
    const schema::Column* column = table.column(name);
    if (!column)
        throw ApiError(400, "PGRST204",
                       "Could not find the '" + name + "' column of '" + table.name.name + "' in the schema cache");
    WrittenColumn out{name, column->nominal_type, {}, column->default_value};
    out.transform = representation(cache, "json", column->nominal_type);
    if (!out.transform.empty()) out.type = "json";
    return out;
}

// PUT names exactly one row: each column of the key by eq, and nothing else.
void demand_key_filters(const schema::Relation& table, const QueryString& query) {
    const std::set<std::string> named(query.filter_keys.begin(), query.filter_keys.end());
    const std::set<std::string> key(table.primary_key.begin(), table.primary_key.end());
    bool fits = query.logic.empty() && !key.empty() && named == key;
    for (const auto& [path, filter] : query.filters)
        fits = fits && path.empty() && filter.op == request::Operator::eq && !filter.negated &&
               filter.quantifier == request::Quantifier::none;
    if (!fits)
        throw ApiError(405, "PGRST105", "Filters must include all and only primary key columns with 'eq' operators");
}

}  // namespace

std::vector<std::string> key_in_column_order(const schema::Relation& table) {
    std::vector<std::string> key;
    for (const schema::Column& column : table.columns)
        if (std::find(table.primary_key.begin(), table.primary_key.end(), column.name) != table.primary_key.end())
            key.push_back(column.name);
    return key;
}

Write plan_write(Write::Kind kind, const schema::Cache& cache, const schema::Relation& table, const QueryString& query,
                 const request::Preferences& preferences, request::Payload body, const Node& tree) {
    Write write;
    write.kind = kind;
    write.table = &table;
    write.key = key_in_column_order(table);
    if (kind == Write::Kind::put) demand_key_filters(table, query);
    if (kind != Write::Kind::remove)
        for (const std::string& key : body.keys) write.columns.push_back(written(cache, table, key));
    write.body = std::move(body);
    if (kind != Write::Kind::insert) {
        for (const auto& [path, filter] : query.filters)
            if (path.empty()) write.where.push_back(resolve_filter(cache, &table, filter));
        for (const auto& [path, logic] : query.logic)
            if (path.empty()) write.where.push_back(resolve_logic(cache, &table, logic));
    }
    if (kind == Write::Kind::put) {
        write.conflict = table.primary_key;
        write.resolution = request::Resolution::merge_duplicates;
    } else if (kind == Write::Kind::insert && preferences.resolution) {
        write.conflict = query.on_conflict.value_or(table.primary_key);
        write.resolution = preferences.resolution;
    }
    write.use_defaults = preferences.missing == request::Missing::use_default && kind != Write::Kind::put;
    if (preferences.returned == request::Return::representation) write.returning = needed_columns(tree);
    if (preferences.returned == request::Return::headers_only && kind == Write::Kind::insert)
        write.returning = write.key;
    return write;
}

}  // namespace fin::api::plan
