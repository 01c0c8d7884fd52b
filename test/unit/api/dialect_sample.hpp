// A small schema made by hand, and requests against it, for the tests of the REST dialect.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/sql/statement.hpp"

namespace fin::api::sample {

inline schema::Column column(std::string name, std::string type, bool nullable = true, std::string value = {}) {
    schema::Column out;
    out.name = std::move(name);
    out.type = out.nominal_type = out.base_type = std::move(type);
    out.nullable = nullable;
    out.default_value = std::move(value);
    out.is_json = out.type == "json" || out.type == "jsonb";
    out.is_tsvector = out.type == "tsvector";
    return out;
}

inline schema::Relation table(const std::string& name, std::vector<schema::Column> columns,
                              std::vector<std::string> key) {
    schema::Relation out;
    out.name = {"api", name};
    out.columns = std::move(columns);
    out.primary_key = std::move(key);
    out.insertable = out.updatable = out.deletable = true;
    return out;
}

inline void foreign_key(schema::Cache& cache, const std::string& table, const std::string& column,
                        const std::string& foreign, const std::string& constraint) {
    schema::Relationship up;
    up.table = {"api", table};
    up.foreign = {"api", foreign};
    up.cardinality = schema::Cardinality::many_to_one;
    up.constraint = constraint;
    up.columns = {{column, "id"}};
    up.is_self = table == foreign;
    schema::Relationship down = up;
    std::swap(down.table, down.foreign);
    down.cardinality = schema::Cardinality::one_to_many;
    down.columns = {{"id", column}};
    cache.relationships[up.table].push_back(up);
    cache.relationships[down.table].push_back(down);
}

inline schema::Function function(const std::string& name, std::vector<schema::Parameter> parameters,
                                 const std::string& type) {
    schema::Function out;
    out.name = {"api", name};
    out.parameters = std::move(parameters);
    out.return_type = {"pg_catalog", type};
    return out;
}

inline schema::Parameter parameter(std::string name, std::string type, bool required = true) {
    schema::Parameter out;
    out.name = std::move(name);
    out.type = out.max_length_type = std::move(type);
    out.required = required;
    return out;
}

inline std::shared_ptr<schema::Cache> cache() {
    auto out = std::make_shared<schema::Cache>();
    for (const auto& relation :
         {table("clients", {column("id", "integer", false), column("name", "text")}, {"id"}),
          table("projects",
                {column("id", "integer", false), column("name", "text", true, "'new'::text"),
                 column("client_id", "integer"), column("data", "jsonb"), column("words", "tsvector")},
                {"id"}),
          table("users", {column("id", "integer", false), column("name", "text")}, {"id"}),
          table("orders", {column("id", "integer", false), column("billing", "integer"), column("shipping", "integer")},
                {"id"}),
          table("tree", {column("id", "integer", false), column("parent", "integer")}, {"id"}),
          table("pairs", {column("a", "integer", false), column("b", "text", false), column("v", "text")}, {"a", "b"}),
          table("log", {column("at", "date"), column("line", "text")}, {})})
        out->relations[relation.name] = relation;
    foreign_key(*out, "projects", "client_id", "clients", "projects_client_id_fkey");
    foreign_key(*out, "orders", "billing", "clients", "orders_billing_fkey");
    foreign_key(*out, "orders", "shipping", "clients", "orders_shipping_fkey");
    foreign_key(*out, "tree", "parent", "tree", "tree_parent_fkey");
    schema::Relationship many;
    many.table = {"api", "users"};
    many.foreign = {"api", "projects"};
    many.cardinality = schema::Cardinality::many_to_many;
    many.junction = {"api", "members"};
    many.table_to_junction = {{"id", "user_id"}};
    many.junction_to_foreign = {{"project_id", "id"}};
    out->relationships[many.table].push_back(many);
    schema::Relationship computed;
    computed.table = {"api", "clients"};
    computed.foreign = {"api", "projects"};
    computed.cardinality = schema::Cardinality::one_to_many;
    computed.function = schema::Name{"api", "latest"};
    out->relationships[computed.table].push_back(computed);

    auto add = function("add", {parameter("a", "integer"), parameter("b", "integer", false)}, "int4");
    add.volatility = schema::Volatility::immutable;
    out->functions[add.name].push_back(add);
    auto rows = function("some_projects", {}, "projects");
    rows.return_type = {"api", "projects"};
    rows.returns_set = rows.returns_composite = rows.return_is_relation = true;
    rows.volatility = schema::Volatility::stable;
    rows.settings["statement_timeout"] = "5s";
    out->functions[rows.name].push_back(rows);
    auto log = function("note", {parameter("", "json")}, "void");
    log.returns_void = true;
    out->functions[log.name].push_back(log);
    for (const char* type : {"integer", "text"}) {
        auto twice = function("twice", {parameter("x", type)}, type);
        out->functions[twice.name].push_back(twice);
    }
    auto list = function("list", {parameter("v", "text[]")}, "text");
    list.parameters[0].variadic = list.has_variadic = true;
    out->functions[list.name].push_back(list);
    out->generation = 1;
    return out;
}

inline Config config() {
    Config out;
    out.db_schemas = {"api"};
    out.db_anon_role = "anon";
    out.db_extra_search_path = {"public"};
    return out;
}

// One request: what it would send to the database, or the error it gets.
struct Asked {
    explicit Asked(std::shared_ptr<schema::Cache> given = sample::cache()) : cache(std::move(given)) {}

    Config config = sample::config();
    std::shared_ptr<schema::Cache> cache;
    Identity identity{"anon", true, "{\"role\":\"anon\"}"};
    Shapes* shapes = nullptr;
    std::unique_ptr<Handling> handling;
    std::optional<ApiError> error;

    Asked& ask(std::string method, const std::string& url, Headers headers = {}, std::string body = {}) {
        Request request;
        request.method = std::move(method);
        const std::size_t mark = url.find('?');
        request.path = url.substr(0, mark);
        if (mark != std::string::npos) request.query = url.substr(mark + 1);
        request.headers = std::move(headers);
        request.body = std::move(body);
        error.reset();
        handling.reset();
        try {
            handling = understand(request, Context{config, cache, identity, nullptr, shapes});
        } catch (const ApiError& refused) {
            error = refused;
        }
        return *this;
    }
    Asked& get(const std::string& url, Headers headers = {}) { return ask("GET", url, std::move(headers)); }

    const Transaction& transaction() const {
        static const Transaction none;
        return handling && handling->transaction() ? *handling->transaction() : none;
    }
    const std::string& sql() const { return transaction().main.text; }
    bool sql_has(std::string_view part) const { return sql().find(part) != std::string::npos; }
    std::vector<std::string> values() const {
        std::vector<std::string> out;
        for (const auto& value : transaction().main.parameters) out.push_back(value.value_or("NULL"));
        return out;
    }
    std::string code() const { return error ? error->code : ""; }
    int status() const { return error ? error->status : 0; }

    // The response, or nothing where the answer is refused: then `error` tells.
    std::optional<Response> respond(const Answer& answer) {
        try {
            return handling->respond(answer);
        } catch (const ApiError& refused) {
            error = refused;
            return std::nullopt;
        }
    }
};

inline std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return "";
}

}  // namespace fin::api::sample
