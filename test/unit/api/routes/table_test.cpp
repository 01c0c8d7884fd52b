#include "api/routes/table.hpp"

#include "api/routes/sample.hpp"

namespace fin::api::routes {
namespace {

struct Built {
    schema::Cache cache = sample_cache();
    std::vector<std::string> left_out;
    Table table;
    explicit Built(const schema::Rows& rows) : table(rows, cache, "fin", left_out) {}
};

std::string found(const Table& table, std::string_view method, std::string_view path) {
    const Match match = table.find(method, path);
    std::string text = match.route ? match.route->function->name.name : match.allow.empty() ? "none" : match.allow;
    for (const auto& [name, value] : match.arguments) text += " " + name + "=" + value;
    return text;
}

const schema::Rows reports = {row_of("GET", "/reports/:report_id", "api.report_get"),
                              row_of("GET", "/reports/:report_id/rows/:row_no", "api.report_rows"),
                              row_of("GET", "/reports/newest", "api.report_newest"),
                              row_of("DELETE", "/reports/:report_id", "api.report_get"),
                              row_of("POST", "/reports/upload", "api.report_upload", "upload"),
                              row_of("GET", "/reports", "api.report_list")};

TEST(RouteTable, FindsByMethodAndPath) {
    const Built built(reports);
    EXPECT_TRUE(built.left_out.empty());
    EXPECT_EQ(found(built.table, "GET", "/reports"), "report_list");
    EXPECT_EQ(found(built.table, "GET", "/reports/7"), "report_get report_id=7");
    EXPECT_EQ(found(built.table, "HEAD", "/reports/7"), "report_get report_id=7");
    EXPECT_EQ(found(built.table, "GET", "/reports/7/rows/9"), "report_rows report_id=7 row_no=9");
    EXPECT_EQ(found(built.table, "GET", "/report"), "none");
    EXPECT_EQ(found(built.table, "GET", "/reports/"), "none");
    EXPECT_EQ(found(built.table, "GET", "/reports/7/rows"), "none");
    EXPECT_EQ(found(built.table, "GET", "//reports"), "none");
    EXPECT_EQ(found(built.table, "GET", "/"), "none");
    EXPECT_EQ(found(built.table, "GET", "*"), "none");
}

TEST(RouteTable, FixedSegmentsWin) {
    const Built built(reports);
    EXPECT_EQ(found(built.table, "GET", "/reports/newest"), "report_newest");
    EXPECT_EQ(found(built.table, "GET", "/reports/upload"), "POST, OPTIONS");
}

TEST(RouteTable, OtherMethodsAreSaid) {
    const Built built(reports);
    EXPECT_EQ(found(built.table, "PATCH", "/reports/7"), "GET, HEAD, DELETE, OPTIONS");
    EXPECT_EQ(found(built.table, "HEAD", "/reports/upload"), "POST, OPTIONS");
}

TEST(RouteTable, BrowsersVisitByGetAlone) {
    const Built built({row_of("GET", "/visit/:report_id", "api.report_get", "visit"),
                       row_of("POST", "/other/:report_id", "api.report_get", "visit")});
    EXPECT_EQ(found(built.table, "GET", "/visit/7"), "report_get report_id=7");
    EXPECT_EQ(found(built.table, "HEAD", "/visit/7"), "GET, OPTIONS");
    EXPECT_EQ(found(built.table, "POST", "/other/7"), "none");
    ASSERT_EQ(built.left_out.size(), 1U);
    EXPECT_NE(built.left_out[0].find("by GET"), std::string::npos);
}

TEST(RouteTable, ArgumentsAreDecodedOnce) {
    const Built built(reports);
    EXPECT_EQ(found(built.table, "GET", "/reports/a%20b%2Fc%252F+"), "report_get report_id=a b/c%2F+");
    EXPECT_EQ(found(built.table, "GET", "/reports/%6Eewest"), "report_newest");
    EXPECT_EQ(found(built.table, "GET", "/reports%2F7"), "none");
}

TEST(RouteTable, LeavesOutWhatCannotBeServed) {
    Built built({row_of("GET", "/a", "api.absent"),
                 row_of("GET", "/b", "other.report_list"),
                 row_of("TRACE", "/c", "api.report_list"),
                 row_of("GET", "/d", "api.says_text"),
                 row_of("GET", "/e/:id", "api.report_get"),
                 row_of("POST", "/f", "api.report_list", "upload"),
                 row_of("GET", "/g", "api.report_upload", "upload"),
                 row_of("POST", "/h", "api.report_list", "events"),
                 row_of("GET", "/i", "api.report_list", "file"),
                 row_of("GET", "/j", "api.report_list", "dance"),
                 row_of("GET", "/k", "report_list"),
                 row_of("DELETE", "/l", "api.nothing"),
                 row_of("GET", "/m/:report_id", "api.report_get"),
                 {}});
    ASSERT_EQ(built.left_out.size(), 12U);
    EXPECT_EQ(built.left_out[0], "route GET /a is left out: there is no function api.absent in the served schemas");
    EXPECT_EQ(built.table.routes().size(), 2U);
    EXPECT_EQ(found(built.table, "DELETE", "/l"), "nothing");
}

TEST(RouteTable, OverloadsAndTwinsAreLeftOut) {
    schema::Cache cache = sample_cache();
    add(cache, function_of("report_list", {parameter_of("a", "text")}));
    std::vector<std::string> left_out;
    const Table table({row_of("GET", "/a", "api.report_list"), row_of("GET", "/b/:report_id", "api.report_get"),
                       row_of("GET", "/b/:row_no", "api.report_rows")},
                      cache, "fin", left_out);
    ASSERT_EQ(left_out.size(), 2U);
    EXPECT_EQ(left_out[0], "route GET /a is left out: function api.report_list is overloaded");
    EXPECT_EQ(left_out[1], "route GET /b/:row_no is left out: it is the same as /b/:report_id");
}

TEST(RouteTable, ItsQueryQuotesItsName) {
    EXPECT_NE(table_query(table_name("fin.rou\"tes")).find("FROM \"fin\".\"rou\"\"tes\""), std::string::npos);
    EXPECT_THROW(table_name("routes"), std::invalid_argument);
    EXPECT_THROW(table_name(".routes"), std::invalid_argument);
}

}  // namespace
}  // namespace fin::api::routes
