// What PostgREST suggests for the same mistakes (examples of its documentation and of its source's comments).
#include "api/schema/nearest.hpp"

#include "api/schema/cache.hpp"

using namespace fin::api::schema;

namespace {

std::string best(const std::vector<std::string>& names, const std::string& wanted, double least = 0.75) {
    const auto found = nearest(names, wanted, least);
    return found.empty() ? "-" : found.front().name;
}

Cache films() {
    Cache cache;
    const Name table{"api", "films"};
    for (const char* name : {"directors", "roles", "actors"}) {
        Relationship relationship;
        relationship.table = table;
        relationship.foreign = {"api", name};
        cache.relationships[table].push_back(relationship);
    }
    return cache;
}

}  // namespace

TEST(Nearest, FindsMistypedNames) {
    const std::vector<std::string> names = {"projects", "project_members", "clients", "Übersicht"};
    EXPECT_EQ(best(names, "projetcs"), "projects");
    EXPECT_EQ(best(names, "project"), "projects");
    EXPECT_EQ(best(names, "PROJECTS"), "projects");
    EXPECT_EQ(best(names, "ubersicht"), "Übersicht");
    EXPECT_EQ(best(names, "proj"), "-");
    EXPECT_EQ(best(names, ""), "-");
    EXPECT_EQ(best({}, "x"), "-");
    EXPECT_EQ(best(names, std::string(100'000, 'p')), "-");
}

TEST(Nearest, ScoresByEditDistance) {
    const auto found = nearest({"tests", "text"}, "test", 0.5);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].name, "tests");
    EXPECT_DOUBLE_EQ(found[0].score, 0.8);
    EXPECT_DOUBLE_EQ(found[1].score, 0.75);
}

TEST(Nearest, SharedPairsAreLookedAtWhereNoTriplesAre) {
    EXPECT_EQ(best({"ab"}, "abx", 0.5), "ab");
    EXPECT_EQ(best({"xyz"}, "abc", 0.01), "-");
}

TEST(Nearest, RelationshipHintsLookAtParentThenChild) {
    const Cache cache = films();
    EXPECT_EQ(cache.relationship_hint("api", "film", "directors"), "Perhaps you meant 'films' instead of 'film'.");
    EXPECT_EQ(cache.relationship_hint("api", "films", "role"), "Perhaps you meant 'roles' instead of 'role'.");
    EXPECT_EQ(cache.relationship_hint("api", "films", "actors"), std::nullopt);
    EXPECT_EQ(cache.relationship_hint("api", "noclosealternative", "roles"), std::nullopt);
    EXPECT_EQ(cache.relationship_hint("api", "films", "noclosealternative"), std::nullopt);
    EXPECT_EQ(cache.relationship_hint("other", "film", "directors"), std::nullopt);
}

TEST(Nearest, FunctionsAndTheirParameters) {
    Cache cache;
    const auto add = [&](const std::vector<std::string>& names) {
        Function function;
        function.name = {"api", "test"};
        for (const auto& name : names) {
            Parameter parameter;
            parameter.name = name;
            function.parameters.push_back(parameter);
        }
        cache.functions[function.name].push_back(function);
    };
    add({"val", "param", "name"});
    add({"id", "attr"});
    cache.functions[{"private", "other"}] = {};
    EXPECT_EQ(cache.nearest_function("api", "testt"), "test");
    EXPECT_EQ(cache.nearest_function("api", "other"), std::nullopt);
    EXPECT_EQ(cache.nearest_function("api", "noclosealternative"), std::nullopt);
    EXPECT_EQ(cache.nearest_parameters("api", "test", {"vall", "pqaram", "nam"}), "(name, param, val)");
    EXPECT_EQ(cache.nearest_parameters("api", "test", {"val", "param"}), "(name, param, val)");
    EXPECT_EQ(cache.nearest_parameters("api", "test", {"id", "attrs"}), "(attr, id)");
    EXPECT_EQ(cache.nearest_parameters("api", "test", {"id"}), "(attr, id)");
    EXPECT_EQ(cache.nearest_parameters("api", "test", {"noclosealternative"}), std::nullopt);
}

TEST(Nearest, BigSchemasAreNotSearched) {
    Cache cache;
    for (int i = 0; i < 499; ++i) cache.relations[{"s", "table" + std::to_string(i)}];
    EXPECT_EQ(cache.nearest_relation("s", "table3x1"), "table31");
    cache.relations[{"s", "one more"}];
    EXPECT_EQ(cache.nearest_relation("s", "table3x1"), std::nullopt);
}
