// Answers as responses: status, headers, bodies; errors of the database; the transaction's settings.
#include "../dialect_sample.hpp"

namespace {

using namespace fin::api;
using sample::Asked;
using sample::header;

Answer rows(std::int64_t count, std::optional<std::int64_t> total = std::nullopt) {
    Answer answer;
    answer.page_total = count;
    answer.total = total;
    answer.body = "[]";
    return answer;
}

TEST(Respond, a_read_tells_its_range) {
    Asked asked;
    asked.get("/projects?limit=2&offset=1&select=id", {{"prefer", "count=exact"}});
    const auto response = asked.respond(rows(2, 5));
    EXPECT_EQ(response->status, 206);
    EXPECT_EQ(header(*response, "Content-Range"), "1-2/5");
    EXPECT_EQ(header(*response, "Content-Location"), "/projects?limit=2&offset=1&select=id");
    EXPECT_EQ(header(*response, "Content-Type"), "application/json; charset=utf-8");
    EXPECT_EQ(header(*response, "Preference-Applied"), "count=exact");
    EXPECT_EQ(header(*response, "Vary"), "Accept, Prefer, Range");
    EXPECT_EQ(header(*asked.get("/projects").respond(rows(0)), "Content-Range"), "*/*");
}

TEST(Respond, an_offset_beyond_the_rows_is_not_satisfiable) {
    Asked asked;
    asked.get("/projects?limit=1&offset=9", {{"prefer", "count=exact"}});
    const auto response = asked.respond(rows(0, 5));
    EXPECT_EQ(response->status, 416);
    EXPECT_EQ(header(*response, "Content-Range"), "*/5");
    EXPECT_NE(response->body.find("An offset of 9 was requested, but there are only 5 rows."), std::string::npos);
    asked.get("/projects?offset=9", {{"prefer", "count=exact"}});  // in pieces: no piece may follow
    EXPECT_FALSE(asked.respond(rows(0, 5)).has_value());
    EXPECT_EQ(asked.status(), 416);
}

TEST(Respond, planned_and_estimated_counts) {
    Asked asked;
    asked.config.db_max_rows = 10;
    Answer answer = rows(3, 11);
    answer.explain = R"([{"Plan":{"Plan Rows":4000}}])";
    asked.get("/projects?limit=3", {{"prefer", "count=planned"}});
    EXPECT_EQ(header(*asked.respond(answer), "Content-Range"), "0-2/4000");
    asked.get("/projects?limit=3", {{"prefer", "count=estimated"}});
    EXPECT_EQ(header(*asked.respond(answer), "Content-Range"), "0-2/4000");
    answer.total = 7;
    EXPECT_EQ(header(*asked.respond(answer), "Content-Range"), "0-2/7");
    asked.config.db_max_rows.reset();  // nothing says from where on the plan is better: the greater one
    EXPECT_EQ(header(*asked.respond(answer), "Content-Range"), "0-2/4000");
}

TEST(Respond, a_single_object_is_one_row) {
    Asked asked;
    const Headers object = {{"accept", "application/vnd.pgrst.object+json"}};
    asked.get("/projects?id=eq.1", object);
    EXPECT_EQ(asked.respond(rows(1))->status, 200);
    EXPECT_FALSE(asked.respond(rows(0)).has_value());
    EXPECT_EQ(asked.status(), 406);
    EXPECT_EQ(asked.error->details, "The result contains 0 rows");
    asked.ask("DELETE", "/projects?id=eq.1", object);
    EXPECT_TRUE(asked.transaction().respond_before_commit);
}

TEST(Respond, inserts_tell_where_and_how) {
    Asked asked;
    asked.ask("POST", "/pairs", {{"prefer", "return=headers-only"}}, R"({"a":1})");
    Answer answer = rows(1);
    answer.location = R"(["1","x y"])";
    const auto response = asked.respond(answer);
    EXPECT_EQ(response->status, 201);
    EXPECT_EQ(header(*response, "Location"), "/pairs?a=eq.1&b=eq.x%20y");
    EXPECT_TRUE(response->body.empty());
    asked.ask("POST", "/pairs", {{"prefer", "resolution=merge-duplicates"}}, R"({"a":1})");
    answer.inserted = 0;
    EXPECT_EQ(asked.respond(answer)->status, 200);
    answer.inserted = 1;
    EXPECT_EQ(asked.respond(answer)->status, 201);
}

TEST(Respond, changes) {
    Asked asked;
    asked.ask("PATCH", "/clients?id=eq.1", {}, R"({"name":"x"})");
    EXPECT_EQ(asked.respond(rows(1))->status, 204);
    EXPECT_FALSE(asked.respond(rows(1))->has_body);
    asked.ask("PATCH", "/clients", {{"prefer", "count=exact,return=representation"}}, R"({"name":"x"})");
    EXPECT_EQ(header(*asked.respond(rows(3)), "Content-Range"), "0-2/3");
    asked.ask("DELETE", "/clients", {{"prefer", "handling=strict,max-affected=2"}});
    EXPECT_FALSE(asked.respond(rows(3)).has_value());
    EXPECT_EQ(asked.code(), "PGRST124");
    asked.ask("PUT", "/clients?id=eq.1", {}, R"({"id":2})");
    EXPECT_FALSE(asked.respond(rows(0)).has_value());
    EXPECT_EQ(asked.code(), "PGRST115");
}

TEST(Respond, functions_may_set_status_and_headers) {
    Asked asked;
    asked.get("/rpc/add?a=1");
    Answer answer = rows(1);
    answer.response_headers = R"([{"X-One":"1"},{"content-type":"text/x"}])";
    answer.response_status = "418";
    const auto response = asked.respond(answer);
    EXPECT_EQ(response->status, 418);
    EXPECT_EQ(header(*response, "X-One"), "1");
    EXPECT_EQ(header(*response, "Content-Type"), "");
    answer.response_headers = "{}";
    EXPECT_FALSE(asked.respond(answer).has_value());
    EXPECT_EQ(asked.code(), "PGRST111");
    answer.response_headers.reset();
    answer.response_status = "teapot";
    EXPECT_FALSE(asked.respond(answer).has_value());
    EXPECT_EQ(asked.code(), "PGRST112");
}

TEST(Respond, no_text_breaks_out_of_its_header) {
    Asked asked;
    asked.get("/projects?limit=1&select=%22a%0D%0AX-Evil:%20y%22:clients(*)&clients.name=eq.x");
    Answer answer = rows(1);
    answer.response_headers = R"([{"X-One":"a\r\nX-Evil: b"},{"X Evil":"c"},{"X-Evil:":"d"}])";
    const auto response = asked.respond(answer);
    EXPECT_NE(header(*response, "Warning").find("to `aX-Evil: y`"), std::string::npos);
    EXPECT_EQ(header(*response, "X-One"), "aX-Evil: b");
    for (const auto& [name, value] : response->headers) {
        EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos) << name;
        EXPECT_EQ(name.find_first_of(" :\r\n"), std::string::npos) << name;
    }
    const auto error = as_api_error({"PT400", "a\r\nX-Evil: b", "", ""}, asked.identity);
    EXPECT_EQ(error_response(error, asked.config).reason, "aX-Evil: b");
}

TEST(Respond, void_functions_have_no_content) {
    Asked asked;
    asked.ask("POST", "/rpc/note", {}, "{}");
    EXPECT_EQ(asked.respond(rows(1))->status, 204);
}

TEST(Respond, options_tell_what_is_allowed) {
    Asked asked;
    EXPECT_EQ(header(*asked.ask("OPTIONS", "/clients").respond({}), "Allow"), "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE");
    EXPECT_EQ(header(*asked.ask("OPTIONS", "/log").respond({}), "Allow"), "OPTIONS,GET,HEAD,POST,PATCH,DELETE");
    EXPECT_EQ(header(*asked.ask("OPTIONS", "/rpc/add").respond({}), "Allow"), "OPTIONS,GET,HEAD,POST");
    EXPECT_EQ(header(*asked.ask("OPTIONS", "/rpc/note").respond({}), "Allow"), "OPTIONS,POST");
    EXPECT_EQ(asked.ask("OPTIONS", "/nope").code(), "PGRST205");
    EXPECT_EQ(asked.ask("OPTIONS", "/").handling->transaction(), nullptr);
}

TEST(Settings, come_in_their_order_and_hold_the_request) {
    Asked asked;
    asked.cache->roles["anon"] = {{{"statement_timeout", "1s"}}, "serializable"};
    asked.config.app_settings["app.settings.k"] = "v";
    asked.get("/rpc/some_projects", {{"x-a", "1"}, {"cookie", "c=d; e=f"}, {"prefer", "timezone=Asia/Tokyo"}});
    std::string values;
    for (const auto& value : asked.transaction().settings.parameters) values += *value + "\n";
    EXPECT_EQ(values,
              "\"api\", \"public\"\nstatement_timeout\n1s\nanon\n{\"role\":\"anon\"}\nGET\n/rpc/some_projects\n"
              "{\"prefer\":\"timezone=Asia/Tokyo\",\"x-a\":\"1\"}\n{\"c\":\"d\",\"e\":\"f\"}\nAsia/Tokyo\n"
              "statement_timeout\n5s\napp.settings.k\nv\n");
    EXPECT_EQ(asked.transaction().isolation, "serializable");
    EXPECT_TRUE(asked.transaction().may_use_replica);
}

TEST(Settings, make_a_reading_read_only_and_a_writing_not) {
    Asked asked;
    const std::string read_only = "'transaction_read_only', 'on', true)";
    EXPECT_NE(asked.get("/clients").transaction().settings.text.find(read_only), std::string::npos);
    EXPECT_NE(asked.get("/rpc/add?a=1").transaction().settings.text.find(read_only), std::string::npos);
    EXPECT_EQ(asked.ask("DELETE", "/clients").transaction().settings.text.find(read_only), std::string::npos);
    EXPECT_EQ(asked.ask("POST", "/rpc/twice", {{"content-type", "application/json"}}, R"({"x":1})")
                  .transaction()
                  .settings.text.find(read_only),
              std::string::npos);
}

TEST(Settings, of_any_number_fit_into_calls_of_a_hundred_arguments) {
    Asked asked;
    for (int i = 0; i < 250; ++i)
        asked.config.app_settings[std::string("app.settings.k").append(std::to_string(i))] = "v";
    const std::string& text = asked.get("/clients").transaction().settings.text;
    std::size_t calls = 0;
    for (std::size_t at = text.find("num_nulls("); at != std::string::npos; at = text.find("num_nulls(", at + 1)) {
        const std::string call = text.substr(at, text.find("), pg_catalog.num_nulls(", at) - at);
        std::size_t settings = 0;
        for (std::size_t in = call.find("set_config("); in != std::string::npos; in = call.find("set_config(", in + 1))
            ++settings;
        EXPECT_LE(settings, 100U);
        ++calls;
    }
    EXPECT_EQ(calls, 3U);
}

TEST(Settings, rollback_is_for_those_who_may) {
    Asked asked;
    const Headers rollback = {{"prefer", "tx=rollback"}};
    EXPECT_FALSE(asked.ask("DELETE", "/clients", rollback).transaction().roll_back);
    asked.config.db_tx_end = TxEnd::commit_allow_override;
    EXPECT_TRUE(asked.ask("DELETE", "/clients", rollback).transaction().roll_back);
    EXPECT_EQ(asked.transaction().after->text, "SET CONSTRAINTS ALL IMMEDIATE");
    asked.config.db_tx_end = TxEnd::rollback_allow_override;
    EXPECT_TRUE(asked.ask("DELETE", "/clients").transaction().roll_back);
    EXPECT_FALSE(asked.ask("DELETE", "/clients", {{"prefer", "tx=commit"}}).transaction().roll_back);
    asked.config.db_pre_request = "auth.check";
    EXPECT_EQ(asked.get("/clients").transaction().pre_request->text, "select \"auth\".\"check\"()");
}

TEST(DatabaseErrors, states_have_their_status) {
    const Identity anonymous{"anon", true, ""}, known{"user", false, ""};
    const auto status = [&](const char* state, const char* message = "", bool anon = false) {
        return as_api_error({state, message, "", ""}, anon ? anonymous : known).status;
    };
    for (const auto& [state, expected] : std::vector<std::pair<const char*, int>>{
             {"23505", 409}, {"23503", 409}, {"23502", 400}, {"25006", 405}, {"22023", 400},
             {"42P01", 404}, {"42883", 404}, {"42501", 403}, {"P0001", 400}, {"P0002", 500},
             {"53300", 503}, {"53400", 500}, {"57P01", 503}, {"57014", 500}, {"40001", 500},
             {"08006", 503}, {"XX000", 500}, {"28000", 403}, {"21000", 500}, {"42703", 400}})
        EXPECT_EQ(status(state), expected) << state;
    EXPECT_EQ(status("42501", "", true), 401);
    EXPECT_EQ(as_api_error({"42501", "", "", ""}, anonymous).headers.at(0).second, "Bearer");
    EXPECT_EQ(status("22023", "role \"x\" does not exist"), 401);
    EXPECT_EQ(status("21000", "UPDATE requires a WHERE clause"), 400);
}

TEST(DatabaseErrors, functions_may_choose_the_whole_answer) {
    const Identity known{"user", false, ""};
    auto error = as_api_error({"PT402", "Pay", "D", "H"}, known);
    EXPECT_EQ(error.status, 402);
    EXPECT_EQ(error.reason, "Pay");
    EXPECT_EQ(error.details, "D");
    error =
        as_api_error({"PGRST", R"({"code":"X1","message":"M"})", R"({"status":332,"headers":{"X-A":"b"}})", ""}, known);
    EXPECT_EQ(error.status, 332);
    EXPECT_EQ(error.code, "X1");
    EXPECT_EQ(error.headers.at(0).first, "X-A");
    EXPECT_EQ(as_api_error({"PGRST", "no", "", ""}, known).code, "PGRST121");
    EXPECT_EQ(as_api_error({"PGRST", R"({"code":"X1","message":"M"})", "", ""}, known).details,
              "DETAIL is missing in the RAISE statement");
}

TEST(ErrorResponse, body_is_json_whatever_the_text) {
    Config config;
    const auto response = error_response(ApiError(400, "X", "a \"b\" \xFF\n", {}, "h"), config);
    EXPECT_EQ(response.body,
              "{\"code\":\"X\",\"details\":null,\"hint\":\"h\",\"message\":\"a \\\"b\\\" \xEF\xBF\xBD\\n\"}");
    EXPECT_EQ(header(response, "Proxy-Status"), "PostgREST; error=X");
    config.client_error_minimal = true;
    EXPECT_EQ(error_response(ApiError(400, "X", "m", {}, "h"), config).body, R"({"code":"X","message":"m"})");
}

}  // namespace
