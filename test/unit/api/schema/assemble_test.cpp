// Answers as PostgreSQL 15 gives them to load_queries(), made by hand for small schemas. That the queries give such
// answers is the matter of test/server.
#include <algorithm>
#include <map>
#include <stdexcept>

#include "api/schema/cache.hpp"
#include "api/schema/catalogue_queries.hpp"

using namespace fin::api::schema;

namespace {

constexpr int row_types = 50'000;  // where the types of relations' rows begin
constexpr int int4 = 23, text_type = 25, json_type = 114, varchar = 1043, record = 2249, void_type = 2278;

// A schema in the making; gives out OIDs and writes the rows.
class Made {
public:
    Made() : answers_(static_cast<std::size_t>(Answered::count)) {
        rows(Answered::search_path) = {{""}};
        rows(Answered::server) = {{"150018", "{api,other}", "{public}", "{statement_timeout}", "f"}};
        built_in(int4, "int4", "integer", 'N');
        built_in(text_type, "text", "text", 'S');
        built_in(json_type, "json", "json", 'U');
        built_in(varchar, "varchar", "character varying", 'S');
        built_in(1042, "bpchar", "character", 'S');
        built_in(3614, "tsvector", "tsvector", 'U');
        built_in(1007, "_int4", "integer[]", 'A');
        built_in(record, "record", "record", 'P', "p");
        built_in(void_type, "void", "void", 'P', "p");
    }

    Rows& rows(Answered which) { return answers_[static_cast<std::size_t>(which)]; }

    void type(int oid, const std::string& schema, const std::string& name, const std::string& kind, int base = 0,
              const std::string& modifier = "-1", bool not_null = false, const Cell& default_value = {},
              const Cell& relation_kind = {}) {
        const std::string full = schema + "." + name;
        rows(Answered::types)
            .push_back({number(oid), schema, name, kind, kind == "c" ? "C" : "U", number(base), modifier,
                        not_null ? "t" : "f", default_value, full, relation_kind, full});
    }

    int relation(const std::string& schema, const std::string& name, const std::string& kind = "r",
                 const std::string& events = "28") {
        rows(Answered::relations).push_back({number(++oid_), schema, name, kind, events});
        type(oid_ + row_types, schema, name, "c", 0, "-1", false, {}, kind);
        columns_ = 0;
        return oid_;
    }

    // Of the relation made last.
    void column(const std::string& name, int type_oid = int4, const std::string& modifier = "-1", bool not_null = false,
                const std::string& identity = "", const std::string& generated = "", const Cell& nominal = {},
                const Cell& default_value = {}) {
        rows(Answered::columns)
            .push_back({number(oid_), number(++columns_), name, number(type_oid), modifier, not_null ? "t" : "f",
                        identity, generated, nominal, default_value});
    }
    void columns(const std::vector<std::string>& names) {
        for (const auto& name : names) column(name);
    }

    void key(const std::string& name, const std::string& kind, int relation_oid, const std::string& numbers) {
        rows(Answered::constraints).push_back({name, kind, number(relation_oid), "0", numbers, {}, "f"});
    }
    void foreign_key(const std::string& name, int from, const std::string& numbers, int to,
                     const std::string& to_numbers, bool inherited = false) {
        rows(Answered::constraints)
            .push_back({name, "f", number(from), number(to), numbers, to_numbers, inherited ? "t" : "f"});
    }

    // The view shows these columns of these relations: {relation, column}.
    void rule(int view, const std::vector<std::pair<int, int>>& origins) {
        std::string targets;
        int place = 0;
        for (const auto& [from, column] : origins)
            targets += "{TARGETENTRY :expr {VAR :varno 1} :resno " + number(++place) +
                       " :resname x :ressortgroupref 0 :resorigtbl " + number(from) + " :resorigcol " + number(column) +
                       " :resjunk false} ";
        rows(Answered::rules).push_back({number(view), "({QUERY :commandType 1 :targetList (" + targets + ")})"});
    }

    void function(const std::string& name, int result, bool set, const std::string& volatility,
                  const std::string& types, const Cell& modes = {}, const Cell& names = {},
                  const std::string& defaults = "0", const Cell& settings = {}) {
        rows(Answered::functions)
            .push_back({"api",
                        name,
                        {},
                        number(result),
                        set ? "t" : "f",
                        volatility,
                        modes && modes->find('v') != std::string::npos ? "t" : "f",
                        defaults,
                        types,
                        modes,
                        names,
                        settings});
    }

    std::shared_ptr<Cache> cache() const { return assemble(answers_, 7); }
    std::vector<Rows> answers() const { return answers_; }

    static std::string number(int value) { return std::to_string(value); }

private:
    void built_in(int oid, const std::string& name, const std::string& full, char category,
                  const std::string& kind = "b") {
        rows(Answered::types)
            .push_back(
                {number(oid), "pg_catalog", name, kind, std::string(1, category), "0", "-1", "f", {}, full, {}, full});
    }

    std::vector<Rows> answers_;
    int oid_ = 20'000, columns_ = 0;
};

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::vector<Relationship> between(const Cache& cache, const std::string& table, const std::string& foreign) {
    std::vector<Relationship> found;
    if (const auto all = cache.relationships.find({"api", table}); all != cache.relationships.end())
        for (const auto& relationship : all->second)
            if (relationship.foreign.name == foreign) found.push_back(relationship);
    return found;
}

// clients <- projects (client_id, unique code) <- tasks; users; a junction of tasks and users.
Made projects() {
    Made made;
    const int clients = made.relation("api", "clients");
    made.columns({"id", "name"});
    const int project = made.relation("api", "projects");
    made.columns({"id", "client_id", "parent_id"});
    const int users = made.relation("api", "users");
    made.columns({"id"});
    const int members = made.relation("api", "members");
    made.columns({"user_id", "project_id", "since"});
    made.key("clients_pkey", "p", clients, "{1}");
    made.key("projects_pkey", "p", project, "{1}");
    made.key("users_pkey", "p", users, "{1}");
    made.key("members_pkey", "p", members, "{2,1}");
    made.foreign_key("client", project, "{2}", clients, "{1}");
    made.foreign_key("parent", project, "{3}", project, "{1}");
    made.foreign_key("member_project", members, "{2}", project, "{1}");
    made.foreign_key("member_user", members, "{1}", users, "{1}");
    made.foreign_key("of_a_partition", project, "{2}", clients, "{1}", true);
    return made;
}

}  // namespace

TEST(Assemble, Columns) {
    Made made;
    made.type(30'000, "api", "email", "d", varchar, "36", true, "'x'::character varying");
    made.type(30'001, "api", "work_email", "d", 30'000);
    made.type(30'002, "api", "mood", "e");
    made.type(30'003, "api", "point", "c", 0, "-1", false, {}, "c");
    made.rows(Answered::enum_labels) = {{"30002", "sad"}, {"30002", "ok"}};
    const int table = made.relation("api", "t");
    made.column("id", int4, "-1", true, "d");
    made.column("code", varchar, "9", true, "", "", "character varying(5)", "'a'::character varying");
    made.column("mail", 30'001);
    made.column("mood", 30'002);
    made.column("place", 30'003);
    made.column("data", json_type);
    made.column("list", 1007);
    made.column("words", 3614);
    made.column("twice", int4, "-1", false, "", "s");
    made.column("always", int4, "-1", true, "a");
    made.rows(Answered::identities) = {{Made::number(table), "1", "api.\"t's\""}, {Made::number(table), "10", "api.s"}};
    made.rows(Answered::comments) = {{Made::number(table), "0", "a table"}, {Made::number(table), "2", "a column"}};
    const auto cache = made.cache();
    const Relation* t = cache->relation("api", "t");
    ASSERT_NE(t, nullptr);
    EXPECT_EQ(t->description, "a table");
    ASSERT_EQ(t->columns.size(), 10U);
    EXPECT_EQ(t->column("id")->default_value, "nextval('api.\"t''s\"'::regclass)");
    EXPECT_TRUE(t->column("id")->generated);
    EXPECT_FALSE(t->column("id")->nullable);
    const Column& code = *t->column("code");
    EXPECT_EQ(code.type, "character varying");
    EXPECT_EQ(code.nominal_type, "character varying(5)");
    EXPECT_EQ(code.max_length, 5);
    EXPECT_EQ(code.default_value, "'a'::character varying");
    EXPECT_EQ(code.description, "a column");
    const Column& mail = *t->column("mail");
    EXPECT_EQ(mail.type, "character varying");
    EXPECT_EQ(mail.nominal_type, "api.work_email");
    EXPECT_EQ(mail.base_type, "character varying");
    EXPECT_EQ(mail.max_length, 32);
    EXPECT_FALSE(mail.nullable);
    EXPECT_EQ(mail.default_value, "'x'::character varying");
    EXPECT_EQ(t->column("mood")->enum_labels, (std::vector<std::string>{"sad", "ok"}));
    EXPECT_EQ(t->column("mood")->type, "api.mood");
    EXPECT_TRUE(t->column("place")->is_composite);
    EXPECT_TRUE(t->column("data")->is_json);
    EXPECT_TRUE(t->column("list")->is_array);
    EXPECT_TRUE(t->column("words")->is_tsvector);
    EXPECT_TRUE(t->column("twice")->generated);
    EXPECT_EQ(t->column("always")->default_value, "");
    EXPECT_EQ(t->column("none"), nullptr);
    EXPECT_EQ(cache->server_version, 150018);
    EXPECT_EQ(cache->generation, 7U);
}

TEST(Assemble, Writability) {
    Made made;
    made.relation("api", "view", "v", "12");
    made.relation("api", "materialized", "m", "0");
    const auto cache = made.cache();
    const Relation* view = cache->relation("api", "view");
    EXPECT_TRUE(view->is_view && view->insertable && view->updatable && !view->deletable);
    const Relation* materialized = cache->relation("api", "materialized");
    EXPECT_TRUE(materialized->is_view && !materialized->insertable);
}

TEST(Assemble, ForeignKeysGoBothWays) {
    const auto cache = projects().cache();
    const auto there = between(*cache, "projects", "clients");
    ASSERT_EQ(there.size(), 1U);  // a partition's copy of the key is none of its own
    EXPECT_EQ(there[0].cardinality, Cardinality::many_to_one);
    EXPECT_EQ(there[0].columns, (Pairs{{"client_id", "id"}}));
    EXPECT_EQ(there[0].constraint, "client");
    const auto back = between(*cache, "clients", "projects");
    ASSERT_EQ(back.size(), 1U);
    EXPECT_EQ(back[0].cardinality, Cardinality::one_to_many);
    EXPECT_EQ(back[0].columns, (Pairs{{"id", "client_id"}}));
    const auto self = between(*cache, "projects", "projects");
    ASSERT_EQ(self.size(), 2U);
    EXPECT_TRUE(self[0].is_self && self[1].is_self);
    EXPECT_EQ(self[0].cardinality, Cardinality::one_to_many);
    EXPECT_EQ(self[1].cardinality, Cardinality::many_to_one);
}

TEST(Assemble, JunctionsRelateManyToMany) {
    const auto cache = projects().cache();
    EXPECT_EQ(cache->relation("api", "members")->primary_key, (std::vector<std::string>{"project_id", "user_id"}));
    const auto across = between(*cache, "users", "projects");
    ASSERT_EQ(across.size(), 1U);
    EXPECT_EQ(across[0].cardinality, Cardinality::many_to_many);
    EXPECT_EQ(across[0].junction, (Name{"api", "members"}));
    EXPECT_EQ(across[0].constraint, "member_user");
    EXPECT_EQ(across[0].constraint2, "member_project");
    EXPECT_EQ(across[0].table_to_junction, (Pairs{{"id", "user_id"}}));
    EXPECT_EQ(across[0].junction_to_foreign, (Pairs{{"project_id", "id"}}));
    EXPECT_EQ(between(*cache, "projects", "users").size(), 1U);
}

TEST(Assemble, AKeyOutsideThePrimaryKeyMakesNoJunction) {
    Made made = projects();
    for (auto& row : made.rows(Answered::constraints))
        if (row[0] == "members_pkey") row[4] = "{2,3}";
    EXPECT_TRUE(between(*made.cache(), "users", "projects").empty());
}

TEST(Assemble, AUniqueForeignKeyIsOneToOne) {
    Made made = projects();
    made.key("only_one", "u", 20'002, "{2}");
    const auto cache = made.cache();
    const auto there = between(*cache, "projects", "clients"), back = between(*cache, "clients", "projects");
    ASSERT_EQ(there.size() + back.size(), 2U);
    EXPECT_EQ(there[0].cardinality, Cardinality::one_to_one);
    EXPECT_FALSE(there[0].is_parent_side);
    EXPECT_EQ(back[0].cardinality, Cardinality::one_to_one);
    EXPECT_TRUE(back[0].is_parent_side);
    EXPECT_TRUE(there[0].to_one() && back[0].to_one());
}

TEST(Assemble, ViewsHaveTheKeysTheyShow) {
    Made made = projects();
    const int view = made.relation("api", "project_list", "v", "0");
    made.columns({"number", "customer", "again"});
    made.rule(view, {{20'002, 1}, {20'002, 2}, {20'002, 2}});
    const int above = made.relation("api", "short_list", "v", "0");
    made.columns({"customer_number"});
    made.rule(above, {{view, 2}});
    const int crossed = made.relation("api", "circle", "v", "0");
    made.columns({"x"});
    made.rule(crossed, {{crossed, 1}});
    const auto cache = made.cache();
    EXPECT_EQ(cache->relation("api", "project_list")->primary_key, std::vector<std::string>{"number"});
    EXPECT_TRUE(cache->relation("api", "short_list")->primary_key.empty());
    const auto twice = between(*cache, "project_list", "clients");  // the column is shown under two names
    ASSERT_EQ(twice.size(), 2U);
    EXPECT_EQ(twice[0].columns, (Pairs{{"again", "id"}}));
    EXPECT_EQ(twice[1].columns, (Pairs{{"customer", "id"}}));
    EXPECT_TRUE(twice[0].table_is_view && !twice[0].foreign_is_view);
    const auto deep = between(*cache, "short_list", "clients");
    ASSERT_EQ(deep.size(), 1U);
    EXPECT_EQ(deep[0].columns, (Pairs{{"customer_number", "id"}}));
    EXPECT_EQ(between(*cache, "clients", "short_list").size(), 1U);
    EXPECT_EQ(between(*cache, "members", "project_list").size(), 1U);
    EXPECT_EQ(between(*cache, "users", "project_list").size(), 1U);  // many-to-many, to the view too
    EXPECT_TRUE(between(*cache, "short_list", "projects").empty());  // it does not show the key that members use
}

TEST(Assemble, TablesThatAreNotServedStillGiveViewsTheirKeys) {
    Made made;
    const int view = made.relation("api", "shown", "v", "0");
    made.columns({"id", "owner"});
    const int people = made.relation("api", "people", "v", "0");
    made.columns({"id"});
    made.rule(view, {{900, 1}, {900, 2}});
    made.rule(people, {{901, 1}});
    made.key("hidden_pkey", "p", 900, "{1}");
    made.key("hidden_people_pkey", "p", 901, "{1}");
    made.foreign_key("owner", 900, "{2}", 901, "{1}");
    const auto cache = made.cache();
    EXPECT_EQ(cache->relation("api", "shown")->primary_key, std::vector<std::string>{"id"});
    EXPECT_EQ(between(*cache, "shown", "people").size(), 1U);
    EXPECT_EQ(between(*cache, "people", "shown").size(), 1U);
}

TEST(Assemble, Functions) {
    Made made;
    const int table = made.relation("api", "t");
    made.type(30'000, "api", "text/Plain", "d", text_type);
    made.function("plain", int4, false, "i", "23 25", {}, "{a,b}", "1", "{statement_timeout=1s,work_mem=9MB}");
    made.function("rows", table + row_types, true, "s", "");
    made.function("table_result", record, true, "v", "23", "{i,t,t}", "{a,x,y}");
    made.function("one_out", int4, false, "v", "23", "{i,o}", "{a,x}");
    made.function("in_out", int4, false, "v", "23", "{b}", "{a}");
    made.function("variadic", int4, false, "v", "1007", "{v}", "{list}");
    made.function("untyped", record, false, "v", "");
    made.function("nothing", void_type, false, "v", "", {}, {}, "0", "{default_transaction_isolation=serializable}");
    made.function("whole_body", text_type, false, "v", "114");
    made.function("nameless", text_type, false, "v", "23");
    made.function("half_named", text_type, false, "v", "23 23", {}, "{a,\"\"}");
    made.function("media", 30'000, false, "v", "1042", {}, "{c}");
    made.function("twice", int4, false, "v", "23 23", {}, "{a,b}");
    made.function("twice", int4, false, "v", "23", {}, "{a}");
    const auto cache = made.cache();
    const auto one = [&](const std::string& name) -> const Function& { return cache->functions.at({"api", name})[0]; };
    EXPECT_EQ(one("plain").volatility, Volatility::immutable);
    EXPECT_TRUE(one("plain").parameters[0].required);
    EXPECT_FALSE(one("plain").parameters[1].required);
    EXPECT_EQ(one("plain").parameters[1].type, "text");
    EXPECT_EQ(one("plain").settings, (std::map<std::string, std::string>{{"statement_timeout", "1s"}}));
    EXPECT_FALSE(one("plain").returns_composite);
    EXPECT_TRUE(one("rows").returns_set && one("rows").returns_composite && one("rows").return_is_relation);
    EXPECT_EQ(one("rows").return_type, (Name{"api", "t"}));
    EXPECT_TRUE(one("table_result").returns_composite && !one("table_result").returns_record);
    EXPECT_EQ(one("table_result").parameters.size(), 1U);
    EXPECT_TRUE(one("one_out").single_out && one("one_out").returns_composite);
    EXPECT_TRUE(one("in_out").single_out);
    EXPECT_EQ(one("in_out").parameters.size(), 1U);
    EXPECT_TRUE(one("variadic").has_variadic && one("variadic").parameters[0].variadic);
    EXPECT_TRUE(one("untyped").returns_record && !one("untyped").returns_composite);
    EXPECT_TRUE(one("nothing").returns_void);
    EXPECT_EQ(one("nothing").isolation, "serializable");
    EXPECT_TRUE(one("nothing").settings.empty());
    EXPECT_EQ(one("whole_body").parameters[0].name, "");
    EXPECT_EQ(cache->functions.count({"api", "nameless"}), 0U);
    EXPECT_EQ(cache->functions.count({"api", "half_named"}), 0U);
    EXPECT_EQ(one("media").media_type, "text/plain");
    EXPECT_EQ(one("media").parameters[0].max_length_type, "character varying");
    EXPECT_EQ(one("twice").parameters.size(), 1U);  // of overloads the one with fewer comes first
    ASSERT_EQ(cache->handlers.size(), 1U);
    EXPECT_FALSE(cache->handlers[0].is_aggregate);
}

TEST(Assemble, FunctionsOfRows) {
    Made made = projects();
    const std::string client = "20001", project = "20002";
    made.rows(Answered::row_functions) = {
        {"api", "full_name", client, "f", "f", "0", "text"},
        {"api", "all_projects", client, "t", "f", project, "api.projects"},
        {"api", "first_project", client, "t", "t", project, "api.projects"},
        {"api", "clients", project, "f", "f", client, "api.clients"},  // in place of the one that was found
        {"public", "elsewhere", client, "t", "f", project, "api.projects"}};
    const auto cache = made.cache();
    EXPECT_EQ(cache->computed_columns.at({{"api", "clients"}, "full_name"}), "text");
    EXPECT_EQ(cache->computed_columns.count({{"api", "clients"}, "all_projects"}), 0U);
    std::map<std::string, Relationship> computed;
    for (const auto& [table, found] : cache->relationships)
        for (const auto& relationship : found)
            if (relationship.function) computed[relationship.function->name] = relationship;
    EXPECT_EQ(computed.size(), 3U);
    EXPECT_FALSE(computed.at("all_projects").to_one());
    EXPECT_TRUE(computed.at("first_project").to_one());
    const auto replaced = between(*cache, "projects", "clients");
    ASSERT_EQ(replaced.size(), 1U);
    EXPECT_TRUE(replaced[0].function);
}

TEST(Assemble, MediaRolesCastsAndComments) {
    Made made;
    made.rows(Answered::media_aggregates) = {{"api", "twkb_agg", "application/vnd.Twkb", "api", "lines", "api.lines"},
                                             {"api", "any_agg", "*/*", {}, {}, "anyelement"},
                                             {"api", "other", "no media type", {}, {}, "anyelement"}};
    made.rows(Answered::casts) = {{"api.color", "json", "api.color_json"}};
    made.rows(Answered::role_settings) = {{"web", "statement_timeout", "5s"},
                                          {"web", "default_transaction_isolation", "serializable"},
                                          {"web", "statement_timeout", "7s"}};
    made.rows(Answered::schemas) = {{"api", "the comment"}};
    const auto cache = made.cache();
    ASSERT_EQ(cache->handlers.size(), 2U);
    EXPECT_EQ(cache->handlers[0].media_type, "application/vnd.twkb");
    EXPECT_EQ(cache->handlers[0].relation, (Name{"api", "lines"}));
    EXPECT_EQ(cache->handlers[1].relation, std::nullopt);
    EXPECT_EQ(cache->representations[0].function, "api.color_json");
    EXPECT_EQ(cache->roles.at("web").isolation, "serializable");
    EXPECT_EQ(cache->roles.at("web").settings, (std::map<std::string, std::string>{{"statement_timeout", "7s"}}));
    EXPECT_EQ(cache->schema_descriptions.at("api"), "the comment");
}

TEST(Assemble, RefusesAnswersThatDoNotFit) {
    EXPECT_THROW(assemble({}, 1), std::invalid_argument);
    Made made = projects();
    made.rows(Answered::columns)[0].resize(3);
    EXPECT_THROW(made.cache(), std::invalid_argument);
    Made words = projects();
    words.rows(Answered::relations)[0][0] = "x";
    EXPECT_THROW(words.cache(), std::invalid_argument);
}

TEST(LoadQueries, AskForTheServedSchemas) {
    const auto queries = load_queries({"a", "b\"c"}, {}, {}, 150000);
    EXPECT_EQ(queries.size(), static_cast<std::size_t>(Answered::count));
    EXPECT_EQ(queries[static_cast<std::size_t>(Answered::relations)].parameters,
              std::vector<std::string>{"{\"a\",\"b\\\"c\"}"});
    const auto asks_privileges = [](int version) {
        const auto all = load_queries({"a"}, {}, {}, version);
        return all[static_cast<std::size_t>(Answered::role_settings)].text.find("has_parameter_privilege") !=
               std::string::npos;
    };
    EXPECT_TRUE(asks_privileges(150000));
    EXPECT_FALSE(asks_privileges(140000));  // it came with 15
}
