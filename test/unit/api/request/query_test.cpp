// The query string's grammar: what it becomes, and what is refused where.
#include "api/request/query.hpp"

#include "api/error.hpp"

namespace {

using namespace fin::api;
using namespace fin::api::request;

QueryString parse(std::string_view text, bool is_call = false) { return QueryString::parse(text, is_call); }

std::string refusal(std::string_view text) {
    try {
        parse(text);
    } catch (const ApiError& error) {
        return error.code + " " + error.message;
    }
    return "";
}

TEST(Query, selects_every_column_unless_told) {
    const auto query = parse("id=eq.1");
    ASSERT_EQ(query.select.size(), 1u);
    EXPECT_EQ(query.select[0].field.name, "*");
}

TEST(Query, select_knows_alias_path_cast_and_aggregate) {
    const auto query = parse("select=a:data-%3Ex-%3E%3E-1::text.max()::int,count(),\"odd,name\",b-c");
    ASSERT_EQ(query.select.size(), 4u);
    const SelectItem& item = query.select[0];
    EXPECT_EQ(item.alias, "a");
    EXPECT_EQ(item.field.name, "data");
    ASSERT_EQ(item.field.path.size(), 2u);
    EXPECT_EQ(item.field.path[0].operand, "x");
    EXPECT_FALSE(item.field.path[0].as_text);
    EXPECT_TRUE(item.field.path[1].is_index);
    EXPECT_EQ(item.field.path[1].operand, "-1");
    EXPECT_TRUE(item.field.path[1].as_text);
    EXPECT_EQ(item.cast, "text");
    EXPECT_EQ(item.aggregate, Aggregate::max);
    EXPECT_EQ(item.aggregate_cast, "int");
    EXPECT_EQ(query.select[1].aggregate, Aggregate::count);
    EXPECT_EQ(query.select[1].field.name, "*");
    EXPECT_EQ(query.select[2].field.name, "odd,name");
    EXPECT_EQ(query.select[3].field.name, "b-c");
}

TEST(Query, select_knows_embedded_and_spread_resources) {
    const auto query = parse("select=id,c:clients!fk!inner(name,...towns(*)),empty()");
    ASSERT_EQ(query.select.size(), 3u);
    const SelectItem& clients = query.select[1];
    EXPECT_EQ(clients.kind, SelectItem::Kind::relation);
    EXPECT_EQ(clients.alias, "c");
    EXPECT_EQ(clients.hint, "fk");
    EXPECT_EQ(clients.join, Join::inner);
    ASSERT_EQ(clients.items.size(), 2u);
    EXPECT_EQ(clients.items[1].kind, SelectItem::Kind::spread);
    EXPECT_EQ(clients.items[1].field.name, "towns");
    EXPECT_TRUE(query.select[2].items.empty());
}

TEST(Query, filters_keep_their_operator_value_and_place) {
    const auto query =
        parse("id=gte.5&a.b.name=not.like(any).%7Bx*,y%7D&t=wfts(english).a+b&n=in.(1,%22a,b%22,)&z=is.NULL");
    ASSERT_EQ(query.filters.size(), 5u);
    EXPECT_EQ(query.filters[0].value.op, Operator::gte);
    EXPECT_EQ(query.filters[0].value.value, "5");
    EXPECT_EQ(query.filters[1].path, (Path{"a", "b"}));
    EXPECT_TRUE(query.filters[1].value.negated);
    EXPECT_EQ(query.filters[1].value.quantifier, Quantifier::any);
    EXPECT_EQ(query.filters[1].value.value, "{x*,y}");
    EXPECT_EQ(query.filters[2].value.language, "english");
    EXPECT_EQ(query.filters[2].value.value, "a b");
    EXPECT_EQ(query.filters[3].value.list, (std::vector<std::string>{"1", "a,b", ""}));
    EXPECT_EQ(query.filters[4].value.value, "NULL");
}

TEST(Query, longer_operators_are_not_taken_for_shorter_ones) {
    for (const auto& [text, op] : std::vector<std::pair<std::string, Operator>>{{"gte", Operator::gte},
                                                                                {"lte", Operator::lte},
                                                                                {"imatch", Operator::imatch},
                                                                                {"isdistinct", Operator::isdistinct},
                                                                                {"nxr", Operator::nxr},
                                                                                {"adj", Operator::adj}})
        EXPECT_EQ(parse("a=" + text + ".1").filters.at(0).value.op, op) << text;
}

TEST(Query, boolean_trees_nest) {
    const auto query =
        parse("or=(a.eq.1,not.and(b.in.(1,2),c.eq.%22x,)%22),d-%3Ee.cs.%7B1,2%7D)&x.not.and=(y.is.true)");
    ASSERT_EQ(query.logic.size(), 2u);
    const Logic& tree = query.logic[0].value;
    EXPECT_EQ(tree.kind, Logic::Kind::any);
    ASSERT_EQ(tree.items.size(), 3u);
    EXPECT_EQ(tree.items[1].kind, Logic::Kind::all);
    EXPECT_TRUE(tree.items[1].negated);
    EXPECT_EQ(tree.items[1].items[1].term.value, "x,)");
    EXPECT_EQ(tree.items[2].term.field.path.size(), 1u);
    EXPECT_EQ(tree.items[2].term.value, "{1,2}");
    EXPECT_EQ(query.logic[1].path, Path{"x"});
    EXPECT_TRUE(query.logic[1].value.negated);
}

TEST(Query, order_knows_direction_nulls_and_resources) {
    const auto query = parse("order=a.desc.nullslast,b-%3E%3Ec,clients(name).asc,d.nullsfirst&x.order=y");
    ASSERT_EQ(query.order.size(), 2u);
    const auto& terms = query.order[0].value;
    ASSERT_EQ(terms.size(), 4u);
    EXPECT_EQ(terms[0].direction, Direction::desc);
    EXPECT_EQ(terms[0].nulls, Nulls::last);
    EXPECT_TRUE(terms[1].field.path.at(0).as_text);
    EXPECT_EQ(terms[2].relation, "clients");
    EXPECT_EQ(terms[3].nulls, Nulls::first);
    EXPECT_EQ(query.order[1].path, Path{"x"});
}

TEST(Query, limits_and_offsets_of_a_level_are_one_range) {
    const auto query = parse("limit=10&offset=5&x.limit=3&y.offset=2&z.limit=many");
    EXPECT_EQ(query.ranges.at("limit"), (Range{5, 14}));
    EXPECT_EQ(query.ranges.at("x.limit"), (Range{0, 2}));
    EXPECT_EQ(query.ranges.at("y.limit"), (Range{2, std::nullopt}));
    EXPECT_TRUE(query.ranges.at("z.limit").all());
}

TEST(Query, a_range_at_the_edge_of_numbers_does_not_overflow) {
    const auto query = parse("limit=9223372036854775807&offset=9223372036854775807");
    EXPECT_EQ(query.ranges.at("limit").limit(), 0);
    EXPECT_EQ(parse("limit=99999999999999999999").ranges.at("limit").first, 0);
}

TEST(Query, arguments_of_a_call_have_no_operator) {
    const auto query = parse("a=5&b=eq.5&c=not.yet", true);
    ASSERT_EQ(query.arguments.size(), 2u);
    EXPECT_EQ(query.arguments[0], (std::pair<std::string, std::string>{"a", "5"}));
    EXPECT_EQ(query.arguments[1].second, "not.yet");
    EXPECT_EQ(query.filters.size(), 1u);
}

TEST(Query, names_of_columns_may_be_quoted) {
    const auto query = parse("columns=%22a,b%22,c&on_conflict=d,%20e");
    EXPECT_EQ(*query.columns, (std::vector<std::string>{"a,b", "c"}));
    EXPECT_EQ(*query.on_conflict, (std::vector<std::string>{"d", "e"}));
}

TEST(Query, canonical_form_is_sorted_and_joined) {
    EXPECT_EQ(canonical_query(form_pairs("b=2&a=x+y&b=1&c")), "a=x%20y&b=2,1&c=");
}

TEST(Query, errors_name_the_place) {
    EXPECT_EQ(refusal("id=noop.0"), "PGRST100 \"failed to parse filter (noop.0)\" (line 1, column 1)");
    EXPECT_EQ(refusal("select=id,clients(name"),
              "PGRST100 \"failed to parse select parameter (id,clients(name)\" (line 1, column 16)");
    EXPECT_EQ(refusal("order=id.ac"), "PGRST100 \"failed to parse order (id.ac)\" (line 1, column 4)");
    EXPECT_EQ(refusal("or=()"), "PGRST100 \"failed to parse logic tree (())\" (line 1, column 4)");
    EXPECT_EQ(refusal("or=(a.eq.1"), "PGRST100 \"failed to parse logic tree ((a.eq.1)\" (line 1, column 10)");
    // Characters are counted, not bytes.
    EXPECT_EQ(refusal("select=\xD1\x84\xD1\x84("),
              "PGRST100 \"failed to parse select parameter (\xD1\x84\xD1\x84()\" (line 1, column 4)");
    EXPECT_EQ(refusal("id=is.maybe").substr(0, 8), "PGRST100");
    EXPECT_EQ(refusal("select=*x").substr(0, 8), "PGRST100");
}

TEST(Query, a_cast_cannot_open_a_dollar_quoted_text) {
    EXPECT_EQ(refusal("select=a::$$").substr(0, 8), "PGRST100");
    EXPECT_EQ(refusal("select=a::text%20$$").substr(0, 8), "PGRST100");
    EXPECT_EQ(refusal("select=a::text%20$x$").substr(0, 8), "PGRST100");
    EXPECT_EQ(refusal("select=a::double%20precision"), "");
}

TEST(Query, nesting_is_bounded_and_breadth_is_not) {
    std::string deep = "or=", select = "select=";
    for (int i = 0; i < 100000; ++i) deep += "(and", select += "a(";
    EXPECT_EQ(refusal(deep).substr(0, 8), "PGRST100");
    EXPECT_EQ(refusal(select).substr(0, 8), "PGRST100");
    std::string wide = "id=eq.0";
    for (int i = 0; i < 10000; ++i) wide += "&id=neq." + std::to_string(i);
    EXPECT_EQ(parse(wide).filters.size(), 10001u);
}

TEST(Query, a_null_byte_is_refused) { EXPECT_EQ(refusal("id=eq.a%00b").substr(0, 5), "22021"); }

}  // namespace
