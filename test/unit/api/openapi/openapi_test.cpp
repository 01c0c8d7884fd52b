// What PostgREST's OpenAPI document says of such tables and functions (examples of its own tests).
#include "api/openapi/openapi.hpp"

#include <nlohmann/json.hpp>

using namespace fin::api;
using Json = nlohmann::json;

namespace {

schema::Column column(const std::string& name, const std::string& type, bool nullable = true) {
    schema::Column made;
    made.name = name;
    made.type = made.nominal_type = made.base_type = type;
    made.nullable = nullable;
    return made;
}

std::shared_ptr<schema::Cache> children() {
    auto cache = std::make_shared<schema::Cache>();
    schema::Relation& children = cache->relations[{"test", "child_entities"}];
    children.name = {"test", "child_entities"};
    children.description = "child_entities comment";
    children.insertable = children.updatable = children.deletable = true;
    children.primary_key = {"id"};
    children.columns = {column("id", "integer", false), column("name", "text"), column("parent_id", "integer")};
    children.columns[0].description = "the id";
    schema::Relation& view = cache->relations[{"test", "a_view"}];
    view.name = {"test", "a_view"};
    view.description = "summary\n\ndescription\nof two lines";
    view.columns = {column("x", "text")};
    schema::Relation& other = cache->relations[{"other", "hidden"}];
    other.name = {"other", "hidden"};
    schema::Relationship to_view;
    to_view.table = children.name;
    to_view.foreign = {"test", "entities_view"};
    to_view.foreign_is_view = true;
    to_view.columns = {{"parent_id", "view_id"}};
    schema::Relationship to_table = to_view;
    to_table.foreign = {"test", "entities"};
    to_table.foreign_is_view = false;
    to_table.columns = {{"parent_id", "id"}};
    cache->relationships[children.name] = {to_view, to_table};
    return cache;
}

void add_function(schema::Cache& cache, const std::string& name, schema::Volatility volatility,
                  std::vector<schema::Parameter> parameters) {
    schema::Function function;
    function.name = {"test", name};
    function.volatility = volatility;
    function.parameters = std::move(parameters);
    cache.functions[function.name].push_back(function);
}

Json described(const std::shared_ptr<schema::Cache>& cache, const Config& config = {},
               const std::optional<std::string>& visible = std::nullopt) {
    const Identity identity{"anon", true, "{}"};
    Answer answer;
    answer.body = visible;
    return Json::parse(openapi::document({config, cache, identity}, "test", answer));
}

Json property(schema::Column given) {
    auto cache = std::make_shared<schema::Cache>();
    schema::Relation& relation = cache->relations[{"test", "t"}];
    relation.name = {"test", "t"};
    relation.columns = {std::move(given)};
    return described(cache)["definitions"]["t"]["properties"]["c"];
}

Json with_default(const std::string& type, const std::string& text) {
    schema::Column made = column("c", type);
    made.default_value = text;
    return property(made).value("default", Json());
}

}  // namespace

TEST(OpenApi, DefinesTables) {
    EXPECT_EQ(described(children())["definitions"]["child_entities"], Json::parse(R"({
        "type": "object", "description": "child_entities comment", "required": ["id"],
        "properties": {
            "id": {"description": "the id\n\nNote:\nThis is a Primary Key.<pk/>", "format": "int32", "type": "integer"},
            "name": {"format": "text", "type": "string"},
            "parent_id": {"format": "int32", "type": "integer",
                "description": "Note:\nThis is a Foreign Key to `entities.id`.<fk table='entities' column='id'/>"}}})"));
}

TEST(OpenApi, OffersWhatATableTakes) {
    const Json document = described(children());
    const Json& path = document["paths"]["/child_entities"];
    EXPECT_EQ(path["get"], Json::parse(R"({"tags": ["child_entities"], "summary": "child_entities comment",
        "parameters": [{"$ref": "#/parameters/rowFilter.child_entities.id"},
                       {"$ref": "#/parameters/rowFilter.child_entities.name"},
                       {"$ref": "#/parameters/rowFilter.child_entities.parent_id"},
                       {"$ref": "#/parameters/select"}, {"$ref": "#/parameters/order"}, {"$ref": "#/parameters/range"},
                       {"$ref": "#/parameters/rangeUnit"}, {"$ref": "#/parameters/offset"},
                       {"$ref": "#/parameters/limit"}, {"$ref": "#/parameters/preferCount"}],
        "responses": {"200": {"description": "OK",
                              "schema": {"type": "array", "items": {"$ref": "#/definitions/child_entities"}}},
                      "206": {"description": "Partial Content"}}})"));
    EXPECT_EQ(path["post"]["parameters"], Json::parse(R"([{"$ref": "#/parameters/body.child_entities"},
        {"$ref": "#/parameters/select"}, {"$ref": "#/parameters/preferPost"}])"));
    EXPECT_EQ(path["patch"]["responses"]["204"]["description"], "No Content");
    EXPECT_EQ(path["delete"]["parameters"].size(), 4U);
    // Every reference leads somewhere.
    for (const auto& [method, operation] : path.items())
        for (const auto& parameter : operation["parameters"]) {
            const std::string to = parameter["$ref"];
            EXPECT_TRUE(document["parameters"].contains(to.substr(std::string("#/parameters/").size()))) << to;
        }
    EXPECT_EQ(document["parameters"]["rowFilter.child_entities.id"],
              Json::parse(R"({"name":"id","description":"the id","required":false,"in":"query","type":"string"})"));
    const Json& view = document["paths"]["/a_view"];
    EXPECT_EQ(view["get"]["summary"], "summary");
    EXPECT_EQ(view["get"]["description"], "description\nof two lines");
    EXPECT_FALSE(view.contains("post"));
    EXPECT_FALSE(document["definitions"].contains("hidden"));
}

TEST(OpenApi, NamesTypes) {
    EXPECT_EQ(property(column("c", "bigint")), Json::parse(R"({"format":"int64","type":"integer"})"));
    EXPECT_EQ(property(column("c", "jsonb")), Json::parse(R"({"format":"jsonb"})"));
    EXPECT_EQ(property(column("c", "numeric")), Json::parse(R"({"format":"numeric","type":"number"})"));
    EXPECT_EQ(property(column("c", "text[]")),
              Json::parse(R"({"format":"text[]","type":"array","items":{"type":"string"}})"));
    EXPECT_EQ(property(column("c", "json[]")), Json::parse(R"({"format":"json[]","type":"array","items":{}})"));
    schema::Column labelled = column("c", "test.mood");
    labelled.enum_labels = {"sad", "ok"};
    EXPECT_EQ(property(labelled), Json::parse(R"({"format":"test.mood","type":"string","enum":["sad","ok"]})"));
    schema::Column fixed = column("c", "character");
    fixed.max_length = 7;
    EXPECT_EQ(property(fixed), Json::parse(R"({"format":"character","type":"string","maxLength":7})"));
}

TEST(OpenApi, ShowsDefaultsThatAreValues) {
    EXPECT_EQ(with_default("text", "'default'::text"), "default");
    EXPECT_EQ(with_default("integer", "42"), 42);
    EXPECT_EQ(with_default("boolean", "false"), false);
    EXPECT_EQ(with_default("numeric", "42.2"), 42.2);
    EXPECT_EQ(with_default("date", "'1900-01-01'::date"), "1900-01-01");
    EXPECT_EQ(with_default("timestamp with time zone", "now()"), "now()");
    EXPECT_EQ(with_default("integer", "nextval('s'::regclass)"), Json());
    EXPECT_EQ(with_default("jsonb", "'{}'::jsonb"), Json());
}

TEST(OpenApi, DescribesFunctions) {
    auto cache = children();
    add_function(*cache, "change", schema::Volatility::volatile_, {{"a", "integer", "integer", true, false}});
    add_function(*cache, "look", schema::Volatility::stable,
                 {{"a", "text[]", "text[]", true, false},
                  {"b", "jsonb", "jsonb", false, false},
                  {"v", "bigint[]", "bigint[]", true, true}});
    add_function(*cache, "twice", schema::Volatility::volatile_, {});
    add_function(*cache, "twice", schema::Volatility::volatile_, {{"x", "text", "text", true, false}});
    const Json document = described(cache);
    const Json& paths = document["paths"];
    EXPECT_FALSE(paths["/rpc/change"].contains("get"));
    EXPECT_EQ(paths["/rpc/change"]["post"]["parameters"], Json::parse(R"([
        {"name": "args", "required": true, "in": "body", "schema": {"type": "object", "required": ["a"],
         "properties": {"a": {"type": "integer", "format": "int32"}}}}, {"$ref": "#/parameters/preferParams"}])"));
    EXPECT_EQ(paths["/rpc/change"]["post"]["tags"], Json::parse(R"(["(rpc) change"])"));
    EXPECT_EQ(paths["/rpc/look"]["get"]["parameters"], Json::parse(R"([
        {"name": "a", "required": true, "in": "query", "type": "string", "format": "text[]"},
        {"name": "b", "required": false, "in": "query", "type": "string", "format": "jsonb"},
        {"name": "v", "required": true, "in": "query", "type": "array", "collectionFormat": "multi",
         "items": {"type": "integer", "format": "int64"}}])"));
    EXPECT_EQ(paths["/rpc/twice"]["post"]["parameters"][0]["schema"]["required"], Json::parse(R"(["x"])"));
}

TEST(OpenApi, ShowsOnlyWhatTheRoleSees) {
    auto cache = children();
    add_function(*cache, "one", schema::Volatility::volatile_, {});
    add_function(*cache, "two", schema::Volatility::volatile_, {});
    const Json document =
        described(cache, {}, R"({"relations":["a_view","unknown"],"functions":[["two",0],["one",3]]})");
    EXPECT_FALSE(document["paths"].contains("/child_entities"));
    EXPECT_TRUE(document["paths"].contains("/a_view"));
    EXPECT_FALSE(document["paths"].contains("/rpc/one"));
    EXPECT_TRUE(document["paths"].contains("/rpc/two"));
    EXPECT_FALSE(document["definitions"].contains("child_entities"));
    const Json nothing = described(cache, {}, R"({"relations":[],"functions":[]})");
    EXPECT_EQ(nothing["paths"].size(), 1U);
    EXPECT_EQ(nothing["definitions"], Json::object());
}

TEST(OpenApi, TellsTheAddress) {
    Config config;
    config.server_port = 3001;
    EXPECT_EQ(described(children(), config)["host"], "0.0.0.0:3001");
    config.server_port = 0;
    EXPECT_FALSE(described(children(), config).contains("host"));
    config.openapi_server_proxy_uri = "https://example.com/openapi.json";
    const Json document = described(children(), config);
    EXPECT_EQ(document["host"], "example.com:443");
    EXPECT_EQ(document["schemes"], Json::parse(R"(["https"])"));
    EXPECT_EQ(document["basePath"], "/openapi.json");
    EXPECT_EQ(document["swagger"], "2.0");
}

TEST(OpenApi, TakesItsTitleFromTheSchema) {
    auto cache = children();
    EXPECT_EQ(described(cache)["info"]["title"], "PostgREST API");
    cache->schema_descriptions["test"] = "My API title\n\nMy API description\nthat spans";
    EXPECT_EQ(described(cache)["info"]["title"], "My API title");
    EXPECT_EQ(described(cache)["info"]["description"], "My API description\nthat spans");
}

TEST(OpenApi, ExplainsSecurityWhenAsked) {
    Config config;
    EXPECT_FALSE(described(children(), config).contains("security"));
    config.openapi_security_active = true;
    const Json document = described(children(), config);
    EXPECT_EQ(document["security"], Json::parse(R"([{"JWT": []}])"));
    EXPECT_EQ(document["securityDefinitions"]["JWT"]["type"], "apiKey");
}

TEST(OpenApi, AsksForPrivilegesOnlyWhereTheyCount) {
    Config config;
    const Identity identity{"anon", true, "{}"};
    const Context context{config, children(), identity};
    EXPECT_EQ(openapi::visible_query(context, "te'st").parameters, std::vector<std::optional<std::string>>{"te'st"});
    config.openapi_mode = OpenApiMode::ignore_privileges;
    EXPECT_TRUE(openapi::visible_query(context, "test").parameters.empty());
}
