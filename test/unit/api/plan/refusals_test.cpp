// What is refused against the schema: codes, messages, details and hints as PostgREST words them.
#include "../dialect_sample.hpp"

namespace {

using namespace fin::api;
using sample::Asked;

TEST(Refusals, unknown_relations_get_a_near_name) {
    Asked asked;
    asked.get("/projekts");
    EXPECT_EQ(asked.status(), 404);
    EXPECT_EQ(asked.code(), "PGRST205");
    EXPECT_EQ(asked.error->message, "Could not find the table 'api.projekts' in the schema cache");
}

TEST(Refusals, several_relationships_are_listed) {
    Asked asked;
    asked.get("/orders?select=*,clients(*)");
    EXPECT_EQ(asked.status(), 300);
    EXPECT_EQ(asked.code(), "PGRST201");
    ASSERT_EQ(asked.error->details.size(), 2u);
    EXPECT_EQ(asked.error->details[0]["relationship"], "orders_billing_fkey using orders(billing) and clients(id)");
    EXPECT_EQ(asked.error->hint,
              "Try changing 'clients' to one of the following: 'clients!orders_billing_fkey', "
              "'clients!orders_shipping_fkey'. Find the desired relationship in the 'details' key.");
    for (const char* fine :
         {"clients!orders_billing_fkey(*)", "clients!billing(*)", "billing(*)", "orders_shipping_fkey(*)"})
        EXPECT_FALSE(asked.get(std::string("/orders?select=") + fine).error) << fine;
}

TEST(Refusals, no_relationship) {
    Asked asked;
    asked.get("/users?select=*,pairs!x(*)");
    EXPECT_EQ(asked.status(), 400);
    EXPECT_EQ(asked.code(), "PGRST200");
    EXPECT_EQ(asked.error->details,
              "Searched for a foreign key relationship between 'users' and 'pairs' using the hint 'x' in the schema "
              "'api', but no matches were found.");
}

TEST(Refusals, filters_on_what_is_not_embedded) {
    Asked asked;
    asked.get("/projects?clients.name=eq.x");
    EXPECT_EQ(asked.code(), "PGRST108");
    EXPECT_EQ(asked.error->hint, "Verify that 'clients' is included in the 'select' query parameter.");
    EXPECT_FALSE(asked.get("/projects?select=c:clients(*)&clients.name=eq.x").error);
    asked.config.url_use_legacy_target_names = false;
    asked.get("/projects?select=c:clients(*)&clients.name=eq.x");
    EXPECT_EQ(asked.error->hint, "Change 'clients' to 'c' in filters, orders or limits.");
}

TEST(Refusals, related_order_needs_one_row) {
    Asked asked;
    asked.get("/clients?select=*,projects(*)&order=projects(id)");
    EXPECT_EQ(asked.code(), "PGRST118");
    EXPECT_EQ(asked.get("/projects?order=clients(id)").code(), "PGRST108");
    EXPECT_FALSE(asked.get("/projects?select=*,clients(*)&order=clients(id).desc").error);
}

TEST(Refusals, aggregates_are_off_unless_allowed) {
    Asked asked;
    EXPECT_EQ(asked.get("/projects?select=clients(count())").code(), "PGRST123");
    asked.config.db_aggregates_enabled = true;
    EXPECT_FALSE(asked.get("/projects?select=count()").error);
    EXPECT_EQ(asked.get("/clients?select=...projects(id.sum())").code(), "PGRST127");
}

TEST(Refusals, functions_are_chosen_by_the_names_of_arguments) {
    Asked asked;
    asked.get("/rpc/add?b=1");
    EXPECT_EQ(asked.status(), 404);
    EXPECT_EQ(asked.code(), "PGRST202");
    EXPECT_EQ(asked.error->message, "Could not find the function api.add(b) in the schema cache");
    asked.ask("POST", "/rpc/add", {}, R"({"a":1,"c":2})");
    EXPECT_EQ(asked.error->details,
              "Searched for the function api.add with parameters a, c or with a single unnamed json/jsonb parameter, "
              "but no matches were found in the schema cache.");
    asked.get("/rpc/twice?x=1");
    EXPECT_EQ(asked.status(), 300);
    EXPECT_EQ(asked.error->message,
              "Could not choose the best candidate function between: api.twice(x => integer), api.twice(x => text)");
    EXPECT_EQ(asked.ask("GET", "/rpc/note").code(), "PGRST202");  // takes a body, which GET has not
}

TEST(Refusals, put_names_one_row_by_its_key) {
    Asked asked;
    const std::string body = R"({"a":1,"b":"x"})";
    EXPECT_EQ(asked.ask("PUT", "/pairs?a=eq.1", {}, body).code(), "PGRST105");
    EXPECT_EQ(asked.ask("PUT", "/pairs?a=eq.1&b=gt.x", {}, body).code(), "PGRST105");
    EXPECT_EQ(asked.ask("PUT", "/pairs?a=eq.1&b=eq.x&v=eq.1", {}, body).code(), "PGRST105");
    EXPECT_EQ(asked.ask("PUT", "/pairs?a=eq.1&b=eq.x&limit=1", {}, body).code(), "PGRST114");
    EXPECT_EQ(asked.ask("PUT", "/pairs?a=eq.1&b=eq.x", {}, body).code(), "");
}

TEST(Refusals, columns_paths_methods_schemas_and_types) {
    Asked asked;
    EXPECT_EQ(asked.ask("POST", "/clients", {}, R"({"nope":1})").error->message,
              "Could not find the 'nope' column of 'clients' in the schema cache");
    EXPECT_EQ(asked.get("/a/b").code(), "PGRST125");
    EXPECT_EQ(asked.ask("DELETE", "/rpc/add").code(), "PGRST101");
    EXPECT_EQ(asked.ask("TRACE", "/clients").code(), "PGRST117");
    EXPECT_EQ(asked.get("/clients", {{"accept-profile", "other"}}).error->hint,
              "Only the following schemas are exposed: api");
    EXPECT_EQ(asked.get("/clients", {{"accept", "image/png"}}).code(), "PGRST107");
    EXPECT_EQ(asked.get("/clients", {{"prefer", "handling=strict, x=y"}}).error->details, "Invalid preferences: x=y");
    asked.config.openapi_mode = OpenApiMode::disabled;
    EXPECT_EQ(asked.get("/").code(), "PGRST126");
}

TEST(Refusals, ranges) {
    Asked asked;
    EXPECT_EQ(asked.get("/clients?limit=-1").status(), 416);
    EXPECT_EQ(asked.get("/clients", {{"range", "5-2"}}).error->details,
              "The lower boundary must be lower than or equal to the upper boundary in the Range header.");
    EXPECT_FALSE(asked.get("/clients?limit=0").error);
    EXPECT_FALSE(asked.ask("DELETE", "/clients", {{"range", "5-2"}}).error);
    EXPECT_EQ(asked.get("/clients?limit=10&offset=2", {{"range", "5-100"}}).values(),
              (std::vector<std::string>{"7", "5"}));
}

TEST(Refusals, max_affected_needs_a_set) {
    Asked asked;
    EXPECT_EQ(asked.get("/rpc/add?a=1", {{"prefer", "handling=strict,max-affected=1"}}).code(), "PGRST128");
    EXPECT_FALSE(asked.get("/rpc/some_projects", {{"prefer", "handling=strict,max-affected=1"}}).error);
}

}  // namespace
