// Names of the request become columns of the schema: JSON paths, text search, data representations.
#include "api/plan/tree.hpp"

namespace fin::api::plan {

std::string representation(const schema::Cache& cache, std::string_view source, std::string_view target) {
    for (const auto& cast : cache.representations)
        if (cast.source_type == source && cast.target_type == target) return cast.function;
    return {};
}

Column resolve(const schema::Cache& /*cache*/, const schema::Relation* relation, const request::Field& field) {
    Column column;
    column.name = field.name;
    column.path = field.path;
    const schema::Column* found = relation ? relation->column(field.name) : nullptr;
    // json and jsonb take the arrows themselves, so that their indexes apply.
    column.to_json = !field.path.empty() && !(found && (found->type == "json" || found->type == "jsonb"));
    return column;
}

Condition resolve_filter(const schema::Cache& cache, const schema::Relation* relation, const request::Filter& filter) {
    using request::Operator;
    Condition condition;
    condition.filter = filter;
    condition.column = resolve(cache, relation, filter.field);
    const schema::Column* found = relation ? relation->column(filter.field.name) : nullptr;
    const bool search = filter.op == Operator::fts || filter.op == Operator::plfts || filter.op == Operator::phfts ||
                        filter.op == Operator::wfts;
    bool is_tsvector = found && (found->is_tsvector || found->base_type == "tsvector");
    if (search && !found && relation) {
        const auto computed = cache.computed_columns.find({relation->name, filter.field.name});
        is_tsvector = computed != cache.computed_columns.end() && computed->second == "tsvector";
    }
    if (search && !is_tsvector) {
        condition.column.to_tsvector = true;
        condition.column.language = filter.language;
    }
    if (found && !cache.representations.empty())
        condition.column.transform = representation(cache, "text", found->nominal_type);
    return condition;
}

Condition resolve_logic(const schema::Cache& cache, const schema::Relation* relation, const request::Logic& logic) {
    if (logic.kind == request::Logic::Kind::term) return resolve_filter(cache, relation, logic.term);
    Condition condition;
    condition.kind = logic.kind;
    condition.negated = logic.negated;
    condition.items.reserve(logic.items.size());
    for (const request::Logic& item : logic.items) condition.items.push_back(resolve_logic(cache, relation, item));
    return condition;
}

}  // namespace fin::api::plan
