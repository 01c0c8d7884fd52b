// Expectations from RFC 9535 and, for the older form, from PostgREST's documentation of version 14.
#include "api/auth/role_path.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

using fin::api::RolePath;
using Json = nlohmann::json;

namespace {

const Json claims = Json::parse(R"({
    "role": "plain", "postgrest": {"roles": ["other", "author", "auditor"], "a b": {"it's": "quoted"}},
    "https://www.example.com/role": {"key": "uri"}, "list": [{"n": "x", "level": 1}, {"n": "y", "level": 5}],
    "\"": "mark", "ключ": "unicode", "none": null})");

std::string at(const std::string& path) {
    const Json* found = RolePath::parse(path).find(claims);
    return !found ? "-" : found->is_string() ? found->get<std::string>() : found->dump();
}

}  // namespace

TEST(RolePath, FollowsNamesAndPlaces) {
    EXPECT_EQ(at("$.role"), "plain");
    EXPECT_EQ(at("$['role']"), "plain");
    EXPECT_EQ(at("$.postgrest.roles[1]"), "author");
    EXPECT_EQ(at("$.postgrest.roles[-1]"), "auditor");
    EXPECT_EQ(at("$.postgrest.roles[7]"), "-");
    EXPECT_EQ(at("$.postgrest['a b']['it\\'s']"), "quoted");
    EXPECT_EQ(at("$[\"https://www.example.com/role\"].key"), "uri");
    EXPECT_EQ(at("$['\\\"']"), "mark");
    EXPECT_EQ(at("$.ключ"), "unicode");
    EXPECT_EQ(at("$['\\u043a\\u043b\\u044e\\u0447']"), "unicode");
    EXPECT_EQ(at("$.none"), "null");
    EXPECT_EQ(at("$.missing.more"), "-");
    EXPECT_EQ(at("$.role.more"), "-");
    EXPECT_EQ(at("$ .postgrest .roles [ 0 ]"), "other");
}

TEST(RolePath, TakesTheFirstOfSeveral) {
    EXPECT_EQ(at("$.postgrest.roles[*]"), "other");
    EXPECT_EQ(at("$.postgrest.roles[1:]"), "author");
    EXPECT_EQ(at("$.postgrest.roles[-2:-1]"), "author");
    EXPECT_EQ(at("$.postgrest.roles[::-1]"), "auditor");
    EXPECT_EQ(at("$.postgrest.roles[3:]"), "-");
    EXPECT_EQ(at("$.postgrest.roles[2,0]"), "auditor");
    EXPECT_EQ(at("$..key"), "uri");
    EXPECT_EQ(at("$..['n']"), "x");
    EXPECT_EQ(at("$.list.*.n"), "x");
}

TEST(RolePath, Filters) {
    EXPECT_EQ(at("$.postgrest.roles[?(@ == 'author')]"), "author");
    EXPECT_EQ(at("$.postgrest.roles[?@ != 'other']"), "author");
    EXPECT_EQ(at("$.postgrest.roles[?search(@, '^au')]"), "author");
    EXPECT_EQ(at("$.postgrest.roles[?search(@, 'it')]"), "auditor");
    EXPECT_EQ(at("$.postgrest.roles[?!search(@, 'o')]"), "-");
    EXPECT_EQ(at("$.list[?@.level > 2].n"), "y");
    EXPECT_EQ(at("$.list[?@.level >= 1 && @.n == 'y' || @.n == 'z'].n"), "y");
    EXPECT_EQ(at("$.list[?(@.n == 'y' || @.n == 'x') && !(@.level == 1)].n"), "y");
    EXPECT_EQ(at("$.list[?@.missing].n"), "-");
    EXPECT_EQ(at("$.list[?!@.missing].n"), "x");
    EXPECT_EQ(at("$.list[?@.missing == @.absent].n"), "x");
    EXPECT_EQ(at("$.list[?@.n == $.list[1].n].level"), "5");
    EXPECT_EQ(at("$.list[?@.level < 'a'].n"), "-");
}

TEST(RolePath, RunawayExpressionsFindNothing) {
    const Json hostile = {{"r", {std::string(40, 'a') + "!"}}};
    EXPECT_EQ(RolePath::parse("$.r[?search(@, '^(a+)+$')]").find(hostile), nullptr);
}

TEST(RolePath, UnderstandsTheOlderForm) {
    EXPECT_EQ(at(".role"), "plain");
    EXPECT_EQ(at(".postgrest.roles[2]"), "auditor");
    EXPECT_EQ(at(".\"https://www.example.com/role\".key"), "uri");
    EXPECT_EQ(at(".postgrest.roles[?(@ == \"author\")]"), "author");
    EXPECT_EQ(at(".postgrest.roles[?(@ != \"other\")]"), "author");
    EXPECT_EQ(at(".postgrest.roles[?(@ ^== \"aud\")]"), "auditor");
    EXPECT_EQ(at(".postgrest.roles[?(@ ==^ \"hor\")]"), "author");
    EXPECT_EQ(at(".postgrest.roles[?(@ *== \"dit\")]"), "auditor");
    EXPECT_EQ(at(".postgrest.roles[?(@ == \"nobody\")]"), "-");
    EXPECT_TRUE(RolePath::parse(".role").is_outdated());
    EXPECT_FALSE(RolePath::parse("$.role").is_outdated());
}

TEST(RolePath, RefusesWhatIsNoPath) {
    for (const std::string text : {"",
                                   "role",
                                   "$role",
                                   "$.",
                                   "$[",
                                   "$.a[",
                                   "$.a]",
                                   "$['a",
                                   "$.a[?]",
                                   "$.a[?@ == ]",
                                   "$.a[?search(@)]",
                                   "$.a[?search(@, '(')]",
                                   "$.a[?5]",
                                   ".",
                                   "..a",
                                   ".a[-1]",
                                   ".a[?(@ = \"x\")]",
                                   ".a[?(@ == \"x\")].b",
                                   ".a b",
                                   "$.a[99999999999999999999]"})
        EXPECT_THROW(RolePath::parse(text), std::invalid_argument) << text;
    EXPECT_THROW(RolePath::parse("$[?" + std::string(1000, '(')), std::invalid_argument);
}
