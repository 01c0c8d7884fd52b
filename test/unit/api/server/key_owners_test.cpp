// Whose keys are: asked for once a minute, never by their secrets.
#include "api/server/key_owners.hpp"

#include <nlohmann/json.hpp>

using namespace fin::api;
using nlohmann::json;

namespace {

constexpr std::int64_t noon = 1'800'000'000;
const std::string id = "0123456789abcdef0123456789abcdef";
const std::string secret(64, 'a');
const std::string key = "fin_" + id + "_" + secret;
// sha256sum of 64 times "a".
const std::string name = id + ":ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb";

TEST(KeyOwners, AreAskedForByIdAndHash) {
    KeyOwners owners;
    EXPECT_EQ(owners.ask(), "");
    EXPECT_EQ(owners.owner(key, noon), "");
    EXPECT_EQ(owners.owner(key, noon), "");
    EXPECT_EQ(json::parse(owners.ask()), json::array({name}));
    owners.told(json{{name, "ann"}}.dump(), noon);
    EXPECT_EQ(owners.owner(key, noon + 59), "ann");
    EXPECT_EQ(owners.ask(), "");
}

TEST(KeyOwners, AreKnownUntilTheDatabaseSaysOtherwise) {
    KeyOwners owners;
    owners.owner(key, noon);
    owners.ask();
    owners.told(json{{name, "ann"}}.dump(), noon);
    EXPECT_EQ(owners.owner(key, noon + 60), "ann") << "asked for again, and counted for Ann meanwhile";
    EXPECT_NE(owners.ask(), "");
    EXPECT_THROW(owners.told("nonsense", noon + 60), std::exception);
    EXPECT_EQ(owners.owner(key, noon + 61), "ann");
    owners.ask();
    owners.told("{}", noon + 61);
    EXPECT_EQ(owners.owner(key, noon + 62), "");
    EXPECT_EQ(owners.size(), 0U);
}

TEST(KeyOwners, WhatIsNoKeyIsNobodysAndNotAskedFor) {
    KeyOwners owners;
    const std::vector<std::string> texts = {"",
                                            "fin_",
                                            "fin_x_y",
                                            key + "a",
                                            key.substr(1),
                                            "fin-" + id + "_" + secret,
                                            "fin_" + id + "-" + secret,
                                            "fin_" + std::string(32, 'g') + "_" + secret};
    for (const std::string& text : texts) EXPECT_EQ(owners.owner(text, noon), "");
    EXPECT_EQ(owners.ask(), "");
}

TEST(KeyOwners, MadeUpKeysDoNotFillTheMemory) {
    KeyOwners owners;
    for (int i = 0; i < 5000; ++i) {
        const std::string number = std::to_string(i);
        owners.owner("fin_" + std::string(32 - number.size(), '0') + number + "_" + secret, noon);
    }
    EXPECT_EQ(json::parse(owners.ask()).size(), 1000U);
    owners.told("{}", noon);
    EXPECT_EQ(owners.size(), 0U);
}

}  // namespace
