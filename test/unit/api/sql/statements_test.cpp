// What requests become as SQL: names quoted, values apart, resources joined.
#include "../dialect_sample.hpp"

namespace {

using namespace fin::api;
using sample::Asked;
using Values = std::vector<std::string>;

TEST(ReadSql, one_row_by_key_is_one_small_statement) {
    Asked asked;
    asked.get("/projects?id=eq.7");
    EXPECT_EQ(asked.sql(),
              "SELECT pg_catalog.count(*), null::int8, coalesce(pg_catalog.json_agg(_fin_row), '[]'), null::text, "
              "nullif(pg_catalog.current_setting('response.headers', true), ''), "
              "nullif(pg_catalog.current_setting('response.status', true), ''), null::int8 FROM (SELECT "
              "\"api\".\"projects\".* "
              "FROM \"api\".\"projects\" WHERE \"api\".\"projects\".\"id\" = $1) AS _fin_row");
    EXPECT_EQ(asked.values(), Values{"7"});
    EXPECT_EQ(asked.transaction().shape, Shape::single);
    const std::string first = asked.sql();
    EXPECT_EQ(asked.get("/projects?id=eq.8").sql(), first);
}

TEST(ReadSql, long_answers_come_in_pieces_and_short_ones_do_not) {
    Asked asked;
    EXPECT_EQ(asked.get("/projects").transaction().shape, Shape::stream);
    EXPECT_EQ(asked.get("/projects?limit=100").transaction().shape, Shape::single);
    EXPECT_EQ(asked.get("/projects?id=in.(1,2,3)").transaction().shape, Shape::single);
    EXPECT_EQ(asked.get("/projects?name=in.(1,2,3)").transaction().shape, Shape::stream);
    EXPECT_EQ(asked.get("/projects?limit=1000000").transaction().shape, Shape::stream);
    EXPECT_EQ(asked.ask("HEAD", "/projects").transaction().shape, Shape::single);
    EXPECT_EQ(asked.ask("POST", "/rpc/twice").transaction().shape, Shape::single);
}

TEST(ReadSql, every_kind_of_filter) {
    Asked asked;
    asked.get(
        "/projects?limit=1&id=not.in.(1,2)&name=ilike.*x*&client_id=is.not_null&data->a->>0=gt(any).{1}&words=fts("
        "english).cat&name=plfts.dog&name=isdistinct.q");
    for (const char* part :
         {"NOT \"api\".\"projects\".\"id\" = ANY ($1)", "\"name\" ILIKE $2", "\"client_id\" IS NOT NULL",
          "\"api\".\"projects\".\"data\"->$3->>$4::int > ANY ($5)", "\"words\" @@ pg_catalog.to_tsquery($6, $7)",
          "pg_catalog.to_tsvector(\"api\".\"projects\".\"name\") @@ pg_catalog.plainto_tsquery($8)",
          "\"name\" IS DISTINCT FROM $9"})
        EXPECT_TRUE(asked.sql_has(part)) << part << "\n" << asked.sql();
    EXPECT_EQ(asked.values(), (Values{"{\"1\",\"2\"}", "%x%", "a", "+0", "{1}", "english", "cat", "dog", "q", "1"}));
}

TEST(ReadSql, nothing_typed_is_ever_spliced) {
    Asked asked;
    const std::string evil = "%27%22;drop%20table%20x;--";
    for (const std::string& url :
         {"/projects?name=eq." + evil, "/projects?name=in.(" + evil + ")", "/projects?data->" + evil + "=eq.1",
          "/projects?or=(name.eq.%22" + evil + "%22,id.eq.1)", "/projects?name=fts(" + evil + ").a",
          "/projects?select=data->" + evil, "/projects?name=like." + evil, "/rpc/add?a=" + evil}) {
        asked.get(url);
        EXPECT_EQ(asked.sql().find("drop table"), std::string::npos) << url << "\n" << asked.sql();
    }
    // A name can only be a quoted name.
    asked.get("/projects?select=%22a\\%22%3Bdrop%20table%20x%22&limit=1");
    EXPECT_TRUE(asked.sql_has("\"api\".\"projects\".\"a\"\";drop table x\"")) << asked.sql();
}

TEST(ReadSql, paths_that_are_not_json_go_through_to_jsonb) {
    Asked asked;
    asked.get("/projects?select=name->x,data->y->0&order=name->z.desc.nullslast&limit=1");
    EXPECT_TRUE(asked.sql_has("pg_catalog.to_jsonb(\"api\".\"projects\".\"name\")->$1 AS \"x\"")) << asked.sql();
    EXPECT_TRUE(asked.sql_has("\"api\".\"projects\".\"data\"->$2->$3::int AS \"y\"")) << asked.sql();
    EXPECT_TRUE(
        asked.sql_has("ORDER BY pg_catalog.to_jsonb(\"api\".\"projects\".\"name\")->$4 DESC NULLS LAST LIMIT $5"))
        << asked.sql();
}

TEST(ReadSql, embeds_each_cardinality) {
    Asked asked;
    asked.get("/projects?id=eq.1&select=id,c:clients!inner(name)");
    EXPECT_TRUE(asked.sql_has("pg_catalog.row_to_json(\"_fin_1\".*) AS \"c\"")) << asked.sql();
    EXPECT_TRUE(
        asked.sql_has("INNER JOIN LATERAL (SELECT \"clients_1\".\"name\" FROM \"api\".\"clients\" AS "
                      "\"clients_1\" WHERE \"clients_1\".\"id\" = \"api\".\"projects\".\"client_id\") AS "
                      "\"_fin_1\" ON TRUE"))
        << asked.sql();
    asked.get("/clients?id=eq.1&select=projects(id)&projects.order=id&projects.limit=2&projects.name=eq.x");
    EXPECT_TRUE(asked.sql_has("coalesce(\"_fin_1\".\"_fin_1\", '[]') AS \"projects\"")) << asked.sql();
    EXPECT_TRUE(
        asked.sql_has("\"projects_1\".\"name\" = $1 AND \"projects_1\".\"client_id\" = "
                      "\"api\".\"clients\".\"id\" ORDER BY \"projects_1\".\"id\" LIMIT $2"))
        << asked.sql();
    asked.get("/users?id=eq.1&select=projects(id)");
    EXPECT_TRUE(
        asked.sql_has("FROM \"api\".\"projects\" AS \"projects_1\", \"api\".\"members\" AS \"_fin_j1\" WHERE "
                      "\"_fin_j1\".\"user_id\" = \"api\".\"users\".\"id\" AND \"projects_1\".\"id\" = "
                      "\"_fin_j1\".\"project_id\""))
        << asked.sql();
    asked.get("/clients?id=eq.1&select=latest(id)");
    EXPECT_TRUE(asked.sql_has("FROM \"api\".\"latest\"(\"clients\"::\"api\".\"clients\") AS \"projects_1\""))
        << asked.sql();
}

TEST(ReadSql, self_references_go_both_ways) {
    Asked asked;
    asked.get("/tree?id=eq.1&select=children:tree(id),parent(id)");
    EXPECT_TRUE(asked.sql_has("\"tree_1\".\"parent\" = \"api\".\"tree\".\"id\"")) << asked.sql();
    EXPECT_TRUE(asked.sql_has("\"tree_1\".\"id\" = \"api\".\"tree\".\"parent\"")) << asked.sql();
}

TEST(ReadSql, filters_by_the_presence_of_a_resource) {
    Asked asked;
    asked.get("/clients?select=name,projects()&projects=is.null&limit=5", {{"prefer", "count=exact"}});
    EXPECT_TRUE(asked.sql_has("\"_fin_1\" IS NOT DISTINCT FROM NULL")) << asked.sql();
    EXPECT_TRUE(asked.sql_has("NOT EXISTS (SELECT 1 FROM \"api\".\"projects\"")) << asked.sql();
    EXPECT_EQ(asked.sql().find("AS \"projects\""), std::string::npos) << asked.sql();
    asked.get("/clients?select=name,projects()&or=(projects.not.is.null,name.eq.x)&limit=1");
    EXPECT_TRUE(asked.sql_has("(\"_fin_1\" IS DISTINCT FROM NULL OR \"api\".\"clients\".\"name\" = $1)"))
        << asked.sql();
}

TEST(ReadSql, aggregates_group_by_the_rest) {
    Asked asked;
    asked.config.db_aggregates_enabled = true;
    asked.get("/projects?limit=9&select=client_id,total:id.sum()::text,count(),clients(name)");
    EXPECT_TRUE(asked.sql_has("CAST(sum(\"api\".\"projects\".\"id\") AS text) AS \"total\", count(*)")) << asked.sql();
    EXPECT_TRUE(asked.sql_has("GROUP BY 1, 4")) << asked.sql();
    asked.get("/projects?limit=9&select=...clients(name,id.max())");
    EXPECT_TRUE(asked.sql_has("max(\"_fin_1\".\"max\") AS \"max\"")) << asked.sql();
    EXPECT_TRUE(asked.sql_has("GROUP BY 1")) << asked.sql();
}

TEST(ReadSql, spreading_many_rows_makes_ordered_arrays) {
    Asked asked;
    asked.get("/clients?id=eq.1&select=name,...projects(names:name)&projects.order=id.desc");
    EXPECT_TRUE(asked.sql_has("pg_catalog.json_agg(\"_fin_1\".\"names\" ORDER BY \"_fin_1\".\"_fin_order_1\" DESC)"))
        << asked.sql();
}

TEST(ReadSql, ten_thousand_filters_are_one_statement) {
    Asked asked;
    std::string url = "/projects?limit=1";
    for (int i = 0; i < 10000; ++i) url += "&id=neq." + std::to_string(i);
    asked.get(url);
    ASSERT_FALSE(asked.error);
    EXPECT_EQ(asked.values().size(), 10001u);
    url += "&id=in.(1)";
    for (int i = 0; i < 60000; ++i) url += "&id=neq.1";
    EXPECT_EQ(asked.get(url).code(), "PGRST100");  // more than the protocol carries
}

// A function of the search path with closer types than pg_catalog's would run with every client's rights.
TEST(ReadSql, functions_are_those_of_the_catalogue) {
    Asked asked;
    for (const char* url : {"/projects?select=*,name->x,clients(*),...clients(n:name)&name=fts.a&limit=1", "/projects",
                            "/rpc/some_projects", "/rpc/add?a=1"}) {
        asked.get(url, {{"prefer", "count=exact"}});
        ASSERT_FALSE(asked.error) << url;
        const std::string all = asked.sql() + asked.transaction().settings.text;
        for (const char* name : {"count(", "json_agg(", "row_to_json(", "to_json(", "to_jsonb(", "current_setting(",
                                 "set_config(", "to_tsvector(", "to_tsquery("})
            for (std::size_t at = all.find(name); at != std::string::npos; at = all.find(name, at + 1)) {
                const bool longer = at > 0 && all[at - 1] == '_';  // row_to_json
                EXPECT_TRUE(longer || all.substr(at - std::min<std::size_t>(at, 11), 11) == "pg_catalog.")
                    << all.substr(at);
            }
    }
}

TEST(WriteSql, insert_reads_its_rows_from_the_body) {
    Asked asked;
    asked.ask("POST", "/clients", {}, R"({"name":"x","id":1})");
    EXPECT_EQ(asked.sql().substr(0, asked.sql().find(") SELECT pg_catalog.count")),
              "WITH pgrst_source AS (INSERT INTO \"api\".\"clients\" (\"id\", \"name\") SELECT pgrst_body.\"id\", "
              "pgrst_body.\"name\" FROM pg_catalog.json_to_record($1) AS pgrst_body(\"id\" integer, \"name\" text) "
              "RETURNING 1");
    EXPECT_EQ(asked.values(), Values{R"({"name":"x","id":1})"});
    EXPECT_EQ(asked.transaction().access, Access::read_write);
    EXPECT_FALSE(asked.transaction().may_use_replica);
}

TEST(WriteSql, absent_keys_can_take_defaults) {
    Asked asked;
    asked.ask("POST", "/projects?columns=id,name", {{"prefer", "missing=default"}}, R"([{"id":1}])");
    EXPECT_TRUE(asked.sql_has("pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', 'new'::text) || elem)"))
        << asked.sql();
    EXPECT_TRUE(asked.sql_has("pg_catalog.jsonb_to_recordset(")) << asked.sql();
}

TEST(WriteSql, upsert_names_its_conflict) {
    Asked asked;
    asked.ask("POST", "/pairs", {{"prefer", "resolution=merge-duplicates"}}, R"({"a":1,"b":"x","v":"y"})");
    EXPECT_TRUE(asked.sql_has("ON CONFLICT (\"a\", \"b\") DO UPDATE SET \"a\" = EXCLUDED.\"a\"")) << asked.sql();
    asked.ask("POST", "/pairs?on_conflict=v", {{"prefer", "resolution=ignore-duplicates"}}, R"({"a":1})");
    EXPECT_TRUE(asked.sql_has("ON CONFLICT (\"v\") DO NOTHING")) << asked.sql();
    asked.ask("POST", "/log", {{"prefer", "resolution=merge-duplicates"}}, R"({"line":"x"})");
    EXPECT_EQ(asked.sql().find("ON CONFLICT"), std::string::npos) << asked.sql();
}

TEST(WriteSql, update_delete_and_put_choose_rows_by_the_root_filters) {
    Asked asked;
    asked.ask("PATCH", "/clients?id=eq.1", {}, R"({"name":"x"})");
    EXPECT_TRUE(asked.sql_has(
        "UPDATE \"api\".\"clients\" SET \"name\" = pgrst_body.\"name\" FROM pg_catalog.json_to_record($1) AS "
        "pgrst_body(\"name\" text) WHERE \"api\".\"clients\".\"id\" = $2"))
        << asked.sql();
    asked.ask("DELETE", "/clients?or=(id.eq.1,id.eq.2)");
    EXPECT_TRUE(asked.sql_has("DELETE FROM \"api\".\"clients\" WHERE (\"api\".\"clients\".\"id\" = $1 OR "))
        << asked.sql();
    asked.ask("PUT", "/clients?id=eq.1", {}, R"({"id":1,"name":"x"})");
    EXPECT_TRUE(asked.sql_has("AND pgrst_body.\"id\" = $2") || asked.sql_has("AND \"pgrst_body\".\"id\" = $2"))
        << asked.sql();
    EXPECT_TRUE(asked.transaction().respond_before_commit);
    asked.ask("PATCH", "/clients?id=eq.1", {}, "{}");
    EXPECT_TRUE(asked.sql_has("WHERE false")) << asked.sql();
}

TEST(WriteSql, the_representation_gets_the_columns_it_needs) {
    Asked asked;
    asked.ask("POST", "/projects?select=name,clients(name)", {{"prefer", "return=representation"}}, R"({"id":1})");
    EXPECT_TRUE(asked.sql_has("RETURNING \"api\".\"projects\".\"name\", \"api\".\"projects\".\"client_id\""))
        << asked.sql();
    EXPECT_TRUE(asked.sql_has("FROM \"pgrst_source\" AS \"projects\"")) << asked.sql();
    asked.ask("POST", "/projects", {{"prefer", "return=headers-only"}}, R"({"id":1})");
    EXPECT_TRUE(asked.sql_has("RETURNING \"api\".\"projects\".\"id\")")) << asked.sql();
}

TEST(WriteSql, computed_columns_are_shown_once) {
    Asked asked;
    asked.ask("POST", "/clients?select=*,shout", {{"prefer", "return=representation"}}, R"({"id":1})");
    EXPECT_TRUE(
        asked.sql_has("RETURNING \"api\".\"clients\".\"id\", \"api\".\"clients\".\"name\", "
                      "\"api\".\"clients\".\"shout\")"))
        << asked.sql();
    EXPECT_TRUE(asked.sql_has("(SELECT \"clients\".\"id\", \"clients\".\"name\", \"clients\".\"shout\" FROM"))
        << asked.sql();
}

TEST(CallSql, arguments_are_named) {
    Asked asked;
    asked.get("/rpc/add?a=1");
    EXPECT_TRUE(asked.sql_has("\"api\".\"add\"(\"a\" := $1::integer) AS pgrst_scalar")) << asked.sql();
    asked.ask("POST", "/rpc/add", {}, R"({"b":2,"a":1})");
    EXPECT_TRUE(
        asked.sql_has("pg_catalog.json_to_record($1) AS _(\"a\" integer, \"b\" integer) LIMIT 1) pgrst_body, LATERAL "
                      "(SELECT \"api\".\"add\"(\"a\" := pgrst_body.\"a\", \"b\" := pgrst_body.\"b\")"))
        << asked.sql();
    EXPECT_EQ(asked.transaction().access, Access::read_only);
    asked.ask("POST", "/rpc/note", {}, R"({"free":"form"})");
    EXPECT_TRUE(asked.sql_has("\"api\".\"note\"($1::json)")) << asked.sql();
    EXPECT_EQ(asked.transaction().access, Access::read_write);
    asked.get("/rpc/list?v=a&v=b,c");
    EXPECT_TRUE(asked.sql_has("VARIADIC \"v\" := $1::text[]")) << asked.sql();
    EXPECT_EQ(asked.values(), Values{"{\"a\",\"b,c\"}"});
}

TEST(CallSql, rows_of_a_function_are_read_like_a_table) {
    Asked asked;
    asked.get("/rpc/some_projects?select=name,clients(name)&id=gt.1&limit=3", {{"prefer", "count=exact"}});
    EXPECT_TRUE(
        asked.sql_has("SELECT pgrst_call.\"name\", pgrst_call.\"client_id\", pgrst_call.\"id\" FROM "
                      "\"api\".\"some_projects\"() pgrst_call"))
        << asked.sql();
    EXPECT_TRUE(asked.sql_has("WHERE \"projects\".\"id\" > $")) << asked.sql();
}

TEST(CallSql, plans_are_explained_only_where_allowed) {
    Asked asked;
    const Headers plan = {{"accept", "application/vnd.pgrst.plan+json; options=analyze"}};
    EXPECT_EQ(asked.get("/projects", plan).code(), "PGRST107");
    asked.config.db_plan_enabled = true;
    EXPECT_EQ(asked.get("/projects", plan).sql().substr(0, 38), "EXPLAIN (FORMAT JSON, analyze) SELECT ");
    EXPECT_EQ(asked.transaction().shape, Shape::plan);
}

}  // namespace
