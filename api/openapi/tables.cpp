// Relations in the OpenAPI document: definitions, parameters, paths.
#include <algorithm>
#include <optional>

#include "api/openapi/parts.hpp"

namespace fin::api::openapi {

using schema::Cardinality;
using schema::Column;
using schema::Relation;
using schema::Relationship;

namespace {

// A default as a value, where the SQL text is one: 'x'::text, 5, true; not now() of a number.
std::optional<Json> default_value(const Column& column) {
    if (column.default_value.empty()) return std::nullopt;
    std::string text = column.default_value;
    const char* type = type_name(column.type);
    if (type && std::string_view(type) == "string") {
        const std::string cast = "::" + column.type;
        if (text.ends_with(cast)) {
            text.erase(text.size() - cast.size());
            text.erase(0, text.find_first_not_of('\''));
            text.erase(text.find_last_not_of('\'') + 1);
        }
        text = "\"" + text + "\"";
    }
    Json value = Json::parse(text, nullptr, false);
    if (value.is_discarded()) return std::nullopt;
    return value;
}

// Tables before views that show them.
const Relationship* foreign_key_of(const Column& column, const std::string& schema,
                                   const std::vector<Relationship>* relationships) {
    if (!relationships) return nullptr;
    const Relationship* first_view = nullptr;
    for (const auto& relationship : *relationships) {
        const bool refers = relationship.cardinality == Cardinality::many_to_one ||
                            (relationship.cardinality == Cardinality::one_to_one && !relationship.is_parent_side);
        if (!refers || relationship.function || relationship.foreign.schema != schema ||
            relationship.columns.size() != 1 || relationship.columns[0].first != column.name)
            continue;
        if (!relationship.foreign_is_view) return &relationship;
        if (!first_view) first_view = &relationship;
    }
    return first_view;
}

Json property(const Column& column, const Relation& relation, const std::vector<Relationship>* relationships) {
    std::string note;
    if (std::find(relation.primary_key.begin(), relation.primary_key.end(), column.name) != relation.primary_key.end())
        note += "\nThis is a Primary Key.<pk/>";
    if (const auto* key = foreign_key_of(column, relation.name.schema, relationships)) {
        const std::string &table = key->foreign.name, &name = key->columns[0].second;
        note +=
            "\nThis is a Foreign Key to `" + table + "." + name + "`.<fk table='" + table + "' column='" + name + "'/>";
    }
    Json result = Json::object();
    describe_type(result, column.type);
    std::string text = column.description;
    if (!note.empty()) text += (text.empty() ? "Note:" : "\n\nNote:") + note;
    if (!text.empty()) result["description"] = text;
    if (auto value = default_value(column)) result["default"] = std::move(*value);
    if (!column.enum_labels.empty()) result["enum"] = column.enum_labels;
    if (column.max_length) result["maxLength"] = *column.max_length;
    return result;
}

Json text_parameter(const char* name, const char* description, const char* place) {
    return {{"name", name}, {"description", description}, {"required", false}, {"in", place}, {"type", "string"}};
}

Json preference(const std::vector<std::string>& values) {
    Json parameter = text_parameter("Prefer", "Preference", "header");
    if (!values.empty()) parameter["enum"] = values;
    return parameter;
}

}  // namespace

Json reference(const std::string& to) { return {{"$ref", to}}; }

Json definition(const Relation& relation, const std::vector<Relationship>* relationships) {
    Json result = {{"type", "object"}};
    if (!relation.description.empty()) result["description"] = relation.description;
    for (const auto& column : relation.columns) {
        result["properties"][column.name] = property(column, relation, relationships);
        if (!column.nullable) result["required"].push_back(column.name);
    }
    return result;
}

void add_common_parameters(Json& parameters) {
    parameters["preferParams"] = preference({});
    parameters["preferReturn"] = preference({"return=representation", "return=minimal", "return=none"});
    parameters["preferCount"] = preference({"count=none"});
    parameters["preferPost"] = preference({"return=representation", "return=minimal", "return=none",
                                           "resolution=ignore-duplicates", "resolution=merge-duplicates"});
    parameters["select"] = text_parameter("select", "Filtering Columns", "query");
    parameters["on_conflict"] = text_parameter("on_conflict", "On Conflict", "query");
    parameters["order"] = text_parameter("order", "Ordering", "query");
    parameters["range"] = text_parameter("Range", "Limiting and Pagination", "header");
    parameters["rangeUnit"] = text_parameter("Range-Unit", "Limiting and Pagination", "header");
    parameters["rangeUnit"]["default"] = "items";
    parameters["offset"] = text_parameter("offset", "Limiting and Pagination", "query");
    parameters["limit"] = text_parameter("limit", "Limiting and Pagination", "query");
}

void add_parameters(Json& parameters, const Relation& relation) {
    const std::string& table = relation.name.name;
    parameters["body." + table] = {{"name", table},
                                   {"description", table},
                                   {"required", false},
                                   {"in", "body"},
                                   {"schema", reference("#/definitions/" + table)}};
    for (const auto& column : relation.columns) {
        Json filter = {{"name", column.name}, {"required", false}, {"in", "query"}, {"type", "string"}};
        if (!column.description.empty()) filter["description"] = column.description;
        parameters["rowFilter." + table + "." + column.name] = std::move(filter);
    }
}

Json relation_path(const Relation& relation) {
    const std::string& table = relation.name.name;
    const auto parameter = [](const std::string& name) { return reference("#/parameters/" + name); };
    Json filters = Json::array();
    for (const auto& column : relation.columns) filters.push_back(parameter("rowFilter." + table + "." + column.name));
    Json common = {{"tags", {table}}};
    describe(common, relation.description);

    Json get = common;
    get["parameters"] = filters;
    for (const char* name : {"select", "order", "range", "rangeUnit", "offset", "limit", "preferCount"})
        get["parameters"].push_back(parameter(name));
    get["responses"]["200"] = {{"description", "OK"},
                               {"schema", {{"type", "array"}, {"items", reference("#/definitions/" + table)}}}};
    get["responses"]["206"] = {{"description", "Partial Content"}};
    Json path = {{"get", std::move(get)}};
    if (!relation.insertable && !relation.updatable && !relation.deletable) return path;

    Json post = common, patch = common, remove = common;
    post["parameters"] = {parameter("body." + table), parameter("select"), parameter("preferPost")};
    post["responses"]["201"] = {{"description", "Created"}};
    patch["parameters"] = filters;
    patch["parameters"].push_back(parameter("body." + table));
    patch["parameters"].push_back(parameter("preferReturn"));
    patch["responses"]["204"] = {{"description", "No Content"}};
    remove["parameters"] = filters;
    remove["parameters"].push_back(parameter("preferReturn"));
    remove["responses"]["204"] = {{"description", "No Content"}};
    path["post"] = std::move(post);
    path["patch"] = std::move(patch);
    path["delete"] = std::move(remove);
    return path;
}

}  // namespace fin::api::openapi
