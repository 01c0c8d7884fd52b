#include "api/routes/arguments.hpp"

#include <nlohmann/json.hpp>

#include "api/routes/json_members.hpp"
#include "api/routes/sample.hpp"

namespace fin::api::routes {
namespace {

const std::string id = "11111111-1111-4111-8111-111111111111";

class RouteArguments : public ::testing::Test {
protected:
    // The arguments as JSON, or what they are refused for.
    std::string collect(const std::string& path, const std::string& query, const std::string& body,
                        const std::string& type = "application/json", const Pairs& fields = {},
                        const Pairs& given = {}) {
        Request request;
        request.query = query;
        request.body = body;
        if (!type.empty()) request.headers.emplace_back("content-type", type);
        try {
            return collect_arguments(table.find("POST", path), request, true, fields, given).body.text;
        } catch (const ApiError& error) {
            return std::to_string(error.status) + " " + error.message +
                   (error.details.is_string() ? " (" + error.details.get<std::string>() + ")" : "");
        }
    }

    schema::Cache cache = sample_cache();
    std::vector<std::string> left_out;
    Table table{{row_of("POST", "/search/:report_id", "api.search"), row_of("POST", "/search", "api.search"),
                 row_of("POST", "/replace/:report_id", "api.replace"), row_of("POST", "/list", "api.report_list"),
                 row_of("POST", "/upload", "api.report_upload", "upload")},
                cache,
                "fin",
                left_out};
};

TEST_F(RouteArguments, NamesAreTurned) {
    EXPECT_EQ(snake_case("reportId"), "report_id");
    EXPECT_EQ(snake_case("report_id"), "report_id");
    EXPECT_EQ(snake_case("rowNoOfX"), "row_no_of_x");
    EXPECT_EQ(snake_case("top10"), "top10");
    EXPECT_EQ(camel_case("report_id"), "reportId");
    EXPECT_EQ(camel_case("row_no_of_x"), "rowNoOfX");
    EXPECT_EQ(camel_case("_x"), "X");
}

TEST_F(RouteArguments, ComeFromThreePlaces) {
    EXPECT_EQ(collect("/search/" + id, "wantedText=a%22b+c", R"({"amount": 1.50})"),
              R"({"report_id":")" + id + R"(","wanted_text":"a\"b c","amount":1.50})");
    EXPECT_EQ(collect("/search", "", R"( {"reportId" : "x" , "tags": ["a", {"b": "}"}] } )"),
              R"({"report_id":"x","tags":["a", {"b": "}"}]})");
    EXPECT_EQ(collect("/search/x", "tags=a&tags=b%2Cc", ""), R"({"report_id":"x","tags":["a","b,c"]})");
    EXPECT_EQ(collect("/search", "", "reportId=x&wanted_text=%25", "application/x-www-form-urlencoded; charset=utf-8"),
              R"({"report_id":"x","wanted_text":"%"})");
    EXPECT_EQ(collect("/list", "", " \r\n"), "{}");
    EXPECT_EQ(collect("/list", "", "{ }", ""), "{}");
}

TEST_F(RouteArguments, WholeBody) {
    EXPECT_EQ(collect("/replace/x", "", " [1, 2.0] "), R"({"report_id":"x","body":[1, 2.0]})");
    EXPECT_EQ(collect("/replace/x", "", ""), "400 Missing: body");
}

TEST_F(RouteArguments, Refusals) {
    EXPECT_EQ(collect("/search/x", "colour=red", ""),
              "400 Unknown argument colour in the query string (Known: reportId, wantedText, tags, amount)");
    EXPECT_EQ(collect("/list", "a=1", ""), "400 Unknown argument a in the query string (There are none.)");
    EXPECT_EQ(collect("/search/x", "reportId=y", ""),
              "400 Argument reportId is given twice (In the path and in the query string)");
    EXPECT_EQ(collect("/search/x", "", R"({"report_id": 1})"),
              "400 Argument reportId is given twice (In the path and in the body)");
    EXPECT_EQ(collect("/search/x", "wantedText=a&wanted_text=b", ""),
              "400 Argument wantedText is given twice (Both in the query string)");
    EXPECT_EQ(collect("/search/x", "tags=a", R"({"tags": []})"),
              "400 Argument tags is given twice (In the query string and in the body)");
    EXPECT_EQ(collect("/search", "", "{}"), "400 Missing: reportId");
    EXPECT_EQ(collect("/search", "", "{\"reportId\": 1"), "400 The body is no valid JSON");
    EXPECT_EQ(collect("/search", "", "\"x\""), "400 The body must be a JSON object");
    EXPECT_EQ(collect("/search", "", "a,b", "text/csv"),
              "415 The body must be application/json (Content-Type is text/csv)");
    EXPECT_EQ(collect("/search/a%00b", "", ""), "400 Argument report_id holds a NUL character");
}

TEST_F(RouteArguments, WhatTheServerSaysNobodyElseMay) {
    const Pairs given = {{"upload_id", id}, {"filename", "a.csv"}, {"media_type", "text/csv"}};
    EXPECT_EQ(collect("/upload", "", "", "", {{"name", "n"}}, given),
              R"({"upload_id":")" + id + R"(","filename":"a.csv","media_type":"text/csv","name":"n"})");
    EXPECT_EQ(collect("/upload", "", "", "", {{"uploadId", "x"}}, given),
              "400 Unknown argument uploadId in the form (Known: name)");
    EXPECT_EQ(collect("/upload", "media_type=x", "", "", {}, given),
              "400 Unknown argument media_type in the query string (Known: name)");
    // The name of a raw body stands in the query: the server has read it there.
    EXPECT_EQ(collect("/upload", "filename=b.csv", "", "", {}, given),
              R"({"upload_id":")" + id + R"(","filename":"a.csv","media_type":"text/csv"})");
}

// Somebody else writes the addresses that browsers are sent to.
TEST(RouteVisit, LeavesOutWhatNobodyKnows) {
    const schema::Cache cache = sample_cache();
    std::vector<std::string> left_out;
    const Table table({row_of("GET", "/back/:report_id", "api.search", "visit")}, cache, "fin", left_out);
    Request request;
    request.query = "wanted_text=x&session_state=abc&scope=a%20b&wantedText";
    EXPECT_THROW(collect_arguments(table.find("GET", "/back/" + id), request, false, {}, {}), ApiError)
        << "what is known may still not be given twice";
    request.query = "wanted_text=x&session_state=abc&scope=a%20b";
    EXPECT_EQ(collect_arguments(table.find("GET", "/back/" + id), request, false, {}, {}).body.text,
              R"({"report_id":")" + id + R"(","wanted_text":"x"})");
}

TEST(JsonMembers, KeepsValuesAsTheyAreWritten) {
    const std::string text = R"( { "a" : 1.0e5 , "b\"\u0041" : {"x": "}\"{"} , "c":[1,[2,"]"]],"a":null,"":"," } )";
    const auto members = json_members(text);
    ASSERT_EQ(members.size(), 5U);
    EXPECT_EQ(members[0], std::make_pair(std::string("a"), std::string_view("1.0e5")));
    EXPECT_EQ(members[1], std::make_pair(std::string("b\"A"), std::string_view(R"({"x": "}\"{"})")));
    EXPECT_EQ(members[2], std::make_pair(std::string("c"), std::string_view(R"([1,[2,"]"]])")));
    EXPECT_EQ(members[3], std::make_pair(std::string("a"), std::string_view("null")));
    EXPECT_EQ(members[4], std::make_pair(std::string(), std::string_view(R"(",")")));
    EXPECT_TRUE(json_members(" { } ").empty());
}

}  // namespace
}  // namespace fin::api::routes
