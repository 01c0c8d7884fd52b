// Bodies: JSON, CSV and forms; preferences; media types.
#include "api/request/payload.hpp"

#include "api/error.hpp"
#include "api/request/json_keys.hpp"
#include "api/request/preferences.hpp"

namespace {

using namespace fin::api;
using namespace fin::api::request;
using Names = std::vector<std::string>;

std::string refusal(std::string body, std::string_view type, bool is_function = false) {
    try {
        parse_payload(std::move(body), MediaType::parse(type), is_function, std::nullopt);
    } catch (const ApiError& error) {
        return error.code + " " + error.message;
    }
    return "";
}

Payload payload(std::string body, std::string_view type, bool is_function = false) {
    return parse_payload(std::move(body), MediaType::parse(type), is_function, std::nullopt);
}

TEST(Payload, keys_of_json_are_sorted) {
    const auto object = payload(R"({"b":1,"a":{"x":[1,2,{"y":"}"}]},"\u0063":null})", "application/json");
    EXPECT_TRUE(object.is_object);
    EXPECT_EQ(object.keys, (Names{"a", "b", "c"}));
    const auto array = payload(R"( [{"a":1,"b":2},{"b":1,"a":2}] )", "application/json");
    EXPECT_FALSE(array.is_object);
    EXPECT_EQ(array.keys, (Names{"a", "b"}));
}

TEST(Payload, scalars_insert_nothing) {
    EXPECT_EQ(payload("17", "application/json").text, "[]");
    EXPECT_EQ(payload("[]", "application/json").text, "[]");
}

TEST(Payload, refuses_what_is_not_json_or_not_uniform) {
    for (const char* text : {"", "{", "[1,]", "{\"a\"}", "tru", "01", "1.", "\"\\x\"", "{} {}", "[{\"a\":1}"})
        EXPECT_EQ(refusal(text, "application/json"), "PGRST102 Empty or invalid json") << text;
    EXPECT_EQ(refusal(R"([{"a":1},{"b":1}])", "application/json"), "PGRST102 All object keys must match");
    EXPECT_EQ(refusal(R"([1,2])", "application/json"), "PGRST102 All object keys must match");
    EXPECT_EQ(refusal("x", "image/png"), "PGRST102 Content-Type not acceptable: image/png");
    EXPECT_EQ(refusal("x", "text/plain"), "PGRST102 Content-Type not acceptable: text/plain");
}

TEST(Payload, valid_json_of_every_kind_passes) {
    for (const char* text : {"{}", "[ ]", "-0.5e+10", "\"\\u00e9\\n\"", "[[[]]]", "{\"a\":[true,false,null]}"})
        EXPECT_TRUE(json_shape(text).valid) << text;
    EXPECT_TRUE(json_shape(std::string(200000, '[') + std::string(200000, ']')).valid);
}

TEST(Payload, csv_becomes_json) {
    EXPECT_EQ(payload("a,b\r\n1,\"x, \"\"y\"\"\"\nNULL,\n", "text/csv").text,
              R"([{"a":"1","b":"x, \"y\""},{"a":null,"b":""}])");
    EXPECT_EQ(refusal("a,b\n1\n", "text/csv"), "PGRST102 All lines must have same number of fields");
    EXPECT_EQ(refusal("a\n\"open", "text/csv").substr(0, 8), "PGRST102");
}

TEST(Payload, forms_are_a_row_or_arguments) {
    EXPECT_EQ(payload("b=2&a=x+y&b=3", "application/x-www-form-urlencoded").text, R"({"a":"x y","b":"3"})");
    const auto arguments = payload("v=1&v=2", "application/x-www-form-urlencoded", true);
    EXPECT_TRUE(arguments.from_form);
    EXPECT_EQ(arguments.arguments.size(), 2u);
}

TEST(Payload, bytes_of_a_function_are_written_as_bytea) {
    EXPECT_EQ(payload(std::string("\0\xFF", 2), "application/octet-stream", true).text, "\\x00ff");
}

TEST(Preferences, first_value_counts_and_order_of_the_answer_is_fixed) {
    Request request;
    request.headers = {{"prefer", "count=exact, return=representation ,odd=1"},
                       {"prefer", "return=minimal,handling=strict,max-affected=5,tx=rollback"}};
    const auto found = request::Preferences::parse(request, true);
    EXPECT_EQ(found.applied(), "return=representation, count=exact, tx=rollback, handling=strict, max-affected=5");
    EXPECT_EQ(found.unknown, Names{"odd=1"});
    EXPECT_FALSE(request::Preferences::parse(request, false).end.has_value());
}

TEST(MediaTypes, are_ordered_by_quality_then_how_specific_they_are) {
    const auto types =
        parse_accept("text/csv;q=0.5, */*, application/json; q=1, application/vnd.pgrst.object+json;nulls=stripped");
    ASSERT_EQ(types.size(), 4u);
    EXPECT_EQ(types[0].kind, MediaType::Kind::object);
    EXPECT_TRUE(types[0].nulls_stripped);
    EXPECT_EQ(types[1].kind, MediaType::Kind::json);
    EXPECT_EQ(types[2].kind, MediaType::Kind::any);
    EXPECT_EQ(types[3].kind, MediaType::Kind::csv);
}

TEST(MediaTypes, plans_are_shown_in_their_normal_form) {
    const auto type = MediaType::parse("application/vnd.pgrst.plan; for=\"text/csv\"; options=wal|analyze|;");
    EXPECT_EQ(type.kind, MediaType::Kind::plan);
    EXPECT_EQ(type.mime(), "application/vnd.pgrst.plan+text; for=\"text/csv\"; options=analyze|wal");
    EXPECT_EQ(MediaType::parse("Application/JSON; charset=utf-8").content_type(), "application/json; charset=utf-8");
    EXPECT_EQ(MediaType::parse("image/png").content_type(), "image/png");
}

}  // namespace
