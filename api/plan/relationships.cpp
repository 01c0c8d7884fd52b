// Which relationship an embedded resource means, and what is told when none or several fit.
#include <algorithm>

#include "api/error.hpp"
#include "api/plan/tree.hpp"
#include "api/schema/nearest.hpp"

namespace fin::api::plan {

namespace {

using schema::Cardinality;
using schema::Relationship;

constexpr double least_score = 0.33;  // of a name worth suggesting

bool single_column(const Relationship& r, const std::string& name) {
    return r.cardinality != Cardinality::many_to_many && r.columns.size() == 1 && r.columns[0].first == name;
}

bool single_foreign_column(const Relationship& r, const std::string& name) {
    return r.cardinality != Cardinality::many_to_many && r.columns.size() == 1 && r.columns[0].second == name;
}

bool has_constraint(const Relationship& r, const std::string& name) {
    return r.cardinality != Cardinality::many_to_many && r.constraint == name;
}

bool fits(const Relationship& r, const std::string& target, const std::optional<std::string>& hint) {
    if (r.function) return r.function->name == target;
    const bool named = r.foreign.name == target;
    if (r.is_self) {
        // One foreign key, two directions: the table's name means its children, the column's name its parent.
        if (hint)
            return named && r.cardinality == Cardinality::one_to_many &&
                   (single_foreign_column(r, *hint) || has_constraint(r, *hint));
        return (named && r.cardinality == Cardinality::one_to_many) ||
               (single_column(r, target) && r.cardinality == Cardinality::many_to_one);
    }
    if (hint)
        return named && (has_constraint(r, *hint) || single_column(r, *hint) || single_foreign_column(r, *hint) ||
                         (r.cardinality == Cardinality::many_to_many && r.junction.name == *hint));
    return named || (!r.foreign_is_view && (has_constraint(r, target) || single_column(r, target)));
}

std::string column_list(const std::vector<std::pair<std::string, std::string>>& columns, bool first) {
    std::string out = "(";
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) out += ", ";
        out += first ? columns[i].first : columns[i].second;
    }
    return out + ")";
}

nlohmann::json described(const Relationship& r) {
    static constexpr const char* names[] = {"many-to-one", "one-to-many", "one-to-one", "many-to-many"};
    nlohmann::json out;
    if (r.function) return nlohmann::json::object();
    out["cardinality"] = names[static_cast<int>(r.cardinality)];
    out["embedding"] = r.table.name + " with " + r.foreign.name;
    if (r.cardinality == Cardinality::many_to_many)
        out["relationship"] = r.junction.name + " using " + r.constraint + column_list(r.table_to_junction, false) +
                              " and " + r.constraint2 + column_list(r.junction_to_foreign, true);
    else
        out["relationship"] = r.constraint + " using " + r.table.name + column_list(r.columns, true) + " and " +
                              r.foreign.name + column_list(r.columns, false);
    return out;
}

[[noreturn]] void none_found(const schema::Cache& cache, std::string_view schema, const std::string& origin,
                             const std::string& target, const std::optional<std::string>& hint) {
    std::vector<std::string> names;
    const auto found = cache.relationships.find(Name{std::string(schema), origin});
    nlohmann::json advice;
    if (found == cache.relationships.end() && cache.relation(schema, origin)) {
        // The name is right; there is nothing to embed in it.
    } else if (found != cache.relationships.end()) {
        for (const Relationship& r : found->second)
            if (r.foreign.schema == schema) names.push_back(r.foreign.name);
        const bool known = std::find(names.begin(), names.end(), target) != names.end();
        const auto near = known ? std::vector<schema::Match>{} : schema::nearest(names, target, least_score);
        if (!near.empty()) advice = "Perhaps you meant '" + near.front().name + "' instead of '" + target + "'.";
    } else {
        for (const auto& [name, list] : cache.relationships)
            if (name.schema == schema) names.push_back(name.name);
        const auto near = schema::nearest(names, origin, least_score);
        if (!near.empty()) advice = "Perhaps you meant '" + near.front().name + "' instead of '" + origin + "'.";
    }
    std::string details = "Searched for a foreign key relationship between '" + origin + "' and '" + target;
    if (hint) details += "' using the hint '" + *hint;
    details.append("' in the schema '").append(schema).append("', but no matches were found.");
    throw ApiError(400, "PGRST200",
                   "Could not find a relationship between '" + origin + "' and '" + target + "' in the schema cache",
                   details, advice);
}

[[noreturn]] void several_found(const std::string& origin, const std::string& target,
                                const std::vector<const Relationship*>& candidates) {
    nlohmann::json details = nlohmann::json::array();
    std::string choices;
    for (const Relationship* r : candidates) {
        details.push_back(described(*r));
        if (!choices.empty()) choices += ", ";
        const bool many = r->cardinality == Cardinality::many_to_many;
        choices += "'" + r->foreign.name + "!" + (many ? r->junction.name : r->constraint) + "'";
    }
    throw ApiError(
        300, "PGRST201",
        "Could not embed because more than one relationship was found for '" + origin + "' and '" + target + "'",
        details,
        "Try changing '" + target + "' to one of the following: " + choices +
            ". Find the desired relationship in the 'details' key.");
}

}  // namespace

const Relationship& find_relationship(const schema::Cache& cache, std::string_view schema, const std::string& origin,
                                      const std::string& target, const std::optional<std::string>& hint) {
    std::vector<const Relationship*> candidates;
    const auto found = cache.relationships.find(Name{std::string(schema), origin});
    if (found != cache.relationships.end())
        for (const Relationship& r : found->second) {
            const bool visible = r.function ? r.function->schema == schema : r.foreign.schema == schema;
            if (visible && fits(r, target, hint)) candidates.push_back(&r);
        }
    // A computed relationship stands for the detected one of its name.
    for (const Relationship* r : candidates)
        if (r->function) return *r;
    if (candidates.empty()) none_found(cache, schema, origin, target, hint);
    if (candidates.size() > 1) several_found(origin, target, candidates);
    return *candidates.front();
}

}  // namespace fin::api::plan
