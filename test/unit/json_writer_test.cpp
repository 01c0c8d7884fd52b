// JSON writer: exact money, escaped text, no number that JSON lacks.
#include "json/writer.hpp"

#include <limits>

using fin::json::Writer;
using fin::ledger::Money;

TEST(JsonWriter, WritesExactMoneyAndNestedValues) {
    Writer json;
    json.begin_object()
        .field("money", Money{123456789012345678})
        .key("list")
        .begin_array()
        .value(1)
        .value(true)
        .null()
        .end_array();
    json.field("ratio", 0.1).field("none", std::numeric_limits<double>::quiet_NaN()).end_object();
    EXPECT_EQ(json.text(), R"({"money":12345678901234.5678,"list":[1,true,null],"ratio":0.1,"none":null})");
}

TEST(JsonWriter, EscapesWhatWouldEndAString) {
    EXPECT_EQ(Writer().value(std::string_view("a\"b\\c\n\0", 7)).text(), "\"a\\\"b\\\\c\\u000a\\u0000\"");
}
