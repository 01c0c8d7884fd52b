// Names of prepared statements: bounded, least recently used first out.
#include "api/database/statements.hpp"

namespace fin::api {
namespace {

TEST(Statements, RemembersWhatWasPrepared) {
    Statements statements(2);
    EXPECT_EQ(statements.find("select 1"), nullptr);
    const std::string one = statements.new_name(), two = statements.new_name(), three = statements.new_name();
    EXPECT_NE(one, two);
    EXPECT_EQ(statements.find("select 1"), nullptr) << "a name alone prepares nothing";
    statements.prepared("select 1", one);
    statements.prepared("select 2", two);
    EXPECT_EQ(statements.surplus(), "");
    EXPECT_EQ(statements.find("select 1"), one) << "used: now the second is the older one";
    statements.prepared("select 3", three);
    EXPECT_EQ(statements.surplus(), two);
    EXPECT_EQ(statements.surplus(), "");
    EXPECT_EQ(statements.find("select 2"), nullptr);
    EXPECT_EQ(statements.find("select 1"), one);
    statements.prepared("select 1", "s9");
    EXPECT_STREQ(statements.find("select 1"), "s9") << "the newest name counts";
    EXPECT_EQ(statements.size(), 2U);
    statements.clear();
    EXPECT_EQ(statements.find("select 3"), nullptr);
}

}  // namespace
}  // namespace fin::api
