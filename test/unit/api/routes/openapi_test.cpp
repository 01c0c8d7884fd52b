// Examples and shapes of answers in the document of the routes, from the last two columns of their table.
#include "api/routes/openapi.hpp"

#include <nlohmann/json.hpp>

#include "sample.hpp"

namespace fin::api::routes {
namespace {

using nlohmann::json;

json operation(const std::string& example, const std::string& answer, const std::string& status = "200") {
    const schema::Cache cache = sample_cache();
    auto row = row_of("POST", "/reports/:report_id/search", "api.search");
    row[4] = status;
    row.emplace_back(example.empty() ? schema::Cell() : schema::Cell(example));
    row.emplace_back(answer.empty() ? schema::Cell() : schema::Cell(answer));
    std::vector<std::string> left_out;
    const Table table({row}, cache, "fin", left_out);
    EXPECT_TRUE(left_out.empty());
    return json::parse(table.document())["paths"]["/reports/{reportId}/search"]["post"];
}
json answered(const json& operation, const std::string& status = "200") {
    return operation["responses"][status]["content"]["application/json"];
}

TEST(OpenApiExamples, RequestsTakeTheirs) {
    const json found = operation(R"({"path": {"reportId": "4a"}, "body": {"wantedText": "x", "amount": 1.50}})", "");
    EXPECT_EQ(found["parameters"][0]["example"], "4a");
    EXPECT_EQ(found["requestBody"]["content"]["application/json"]["example"],
              json({{"wantedText", "x"}, {"amount", 1.5}}));
    EXPECT_EQ(answered(found), json({{"schema", json::object()}})) << "an answer that nobody described may be anything";
}

TEST(OpenApiExamples, AnswersHaveTheShapeOfTheirs) {
    const json found = answered(
        operation("", R"({"id": "a", "rows?": 5, "error?": null, "more": {}, "list": [{"ok": true}], "none": []})"));
    EXPECT_EQ(found["example"],
              json::parse(R"({"id": "a", "rows": 5, "error": null, "more": {}, "list": [{"ok": true}], "none": []})"));
    EXPECT_EQ(found["schema"], json::parse(R"({"type": "object", "properties": {
        "id": {"type": "string"}, "rows": {"type": ["number", "null"]}, "error": {}, "more": {"type": "object"},
        "list": {"type": "array", "items": {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}},
        "none": {"type": "array", "items": {}}}, "required": ["id", "more", "list", "none"]})"));
}

TEST(OpenApiExamples, OtherStatuses) {
    const json found = operation(R"({"also": {"202": {"jobId": 4}}})", R"("text")");
    EXPECT_EQ(answered(found)["schema"], json({{"type", "string"}}));
    EXPECT_EQ(answered(found, "202")["example"], json({{"jobId", 4}}));
    EXPECT_FALSE(operation("", "", "204")["responses"]["204"].contains("content"));
}

TEST(OpenApiExamples, WhatIsNoJsonIsNone) {
    for (const char* text : {"{", "[1]", "null"})
        EXPECT_EQ(answered(operation(text, "{"))["schema"], json::object()) << text;
}

}  // namespace
}  // namespace fin::api::routes
