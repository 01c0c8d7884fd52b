// Rules shortened from what PostgreSQL 15 prints for such views; field names and order are its own.
#include "api/schema/view_rule.hpp"

#include "api/schema/text_array.hpp"

using namespace fin::api::schema;

namespace {

std::string entry(int number, const std::string& name, unsigned relation, int column, bool helper = false) {
    return "{TARGETENTRY :expr {VAR :varno 1 :varattno 1 :location 7} :resno " + std::to_string(number) + " :resname " +
           name + " :ressortgroupref 0 :resorigtbl " + std::to_string(relation) + " :resorigcol " +
           std::to_string(column) + " :resjunk " + (helper ? "true" : "false") + "}";
}

std::string rule(const std::string& targets, const std::string& tables = "{RTE :alias <> :rtekind 0 :relid 16400}") {
    return "({QUERY :commandType 1 :querySource 0 :canSetTag true :utilityStmt <> :resultRelation 0 :rtable (" +
           tables + ") :jointree {FROMEXPR :fromlist ({RANGETBLREF :rtindex 1}) :quals <>} :targetList " + targets +
           " :override 0 :havingQual <> :sortClause <> :stmt_location -1 :stmt_len -1})";
}

}  // namespace

TEST(ViewRule, TellsWhereColumnsComeFrom) {
    const auto origins = view_origins(rule("(" + entry(1, "id", 16400, 1) + " " + entry(2, "sum", 0, 0) + " " +
                                           entry(3, "name", 16500, 3) + " " + entry(4, "x", 16400, 9, true) + ")"));
    EXPECT_EQ(origins, (std::vector<Origin>{{16400, 1}, {0, 0}, {16500, 3}}));
}

TEST(ViewRule, LooksAtTheOutermostListOnly) {
    const std::string inner =
        "{RTE :rtekind 1 :subquery {QUERY :commandType 1 :targetList (" + entry(1, "a", 1, 1) + ")} :relid 0}";
    EXPECT_EQ(view_origins(rule("(" + entry(1, "b", 2, 2) + ")", inner)), (std::vector<Origin>{{2, 2}}));
}

TEST(ViewRule, IsNotMisledByNames) {
    for (const std::string name : {":resorigtbl", "a\\ \\{b\\}", "\\(", ":resjunk", "\\\\", "<>", "\\\"x"})
        EXPECT_EQ(view_origins(rule("(" + entry(1, name, 7, 8) + ")")), (std::vector<Origin>{{7, 8}})) << name;
}

TEST(ViewRule, GivesNothingForWhatItCannotRead) {
    EXPECT_TRUE(view_origins(rule("<>")).empty());
    EXPECT_TRUE(view_origins("<>").empty());
    EXPECT_TRUE(view_origins("").empty());
    EXPECT_TRUE(view_origins("({INSERT :targetList ()})").empty());
    EXPECT_TRUE(view_origins(rule("(" + entry(0, "a", 7, 8) + ")")).empty());
    EXPECT_TRUE(view_origins(rule("(" + entry(99999, "a", 7, 8) + ")")).empty());
    const std::string whole = rule("(" + entry(1, "a\\ b", 7, 8) + ")");
    const std::size_t end = whole.find(" :override");
    for (std::size_t size = 0; size < end; ++size) EXPECT_TRUE(view_origins(whole.substr(0, size)).empty()) << size;
    EXPECT_TRUE(view_origins(whole.substr(0, 40) + "\\").empty());
}

TEST(TextArray, ReadsWhatPostgresqlWrites) {
    EXPECT_EQ(read_array("{}"), std::vector<std::string>{});
    EXPECT_EQ(read_array(R"({a,"b c","",NULL,"NULL","q\"\\x,}"})"),
              (std::vector<std::string>{"a", "b c", "", "", "NULL", "q\"\\x,}"}));
    const std::vector<std::string> hard = {"a,b", "{}", "\\", "\"", "", "NULL", "ф"};
    EXPECT_EQ(read_array(write_array(hard)), hard);
    EXPECT_EQ(read_oids("23 25 1043"), (std::vector<std::uint32_t>{23, 25, 1043}));
    EXPECT_EQ(read_oids("{1,2}"), (std::vector<std::uint32_t>{1, 2}));
    EXPECT_TRUE(read_oids("").empty());
    for (const char* wrong : {"", "{", "a", "{a", "{\"a}", "{a,}", "{\"a\"b}"})
        EXPECT_THROW(read_array(wrong), std::invalid_argument) << wrong;
    EXPECT_THROW(read_oids("{a}"), std::invalid_argument);
}
