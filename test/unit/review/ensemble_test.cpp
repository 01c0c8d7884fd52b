#include "review/ensemble.hpp"

#include "error.hpp"

using namespace fin::review;
using nlohmann::json;

namespace {

FactPack sample() {
    FactPack pack;
    Fact fact;
    fact.id = 1;
    fact.metric = fact.topic = "revenue";
    fact.name = "revenue";
    fact.value = "10";
    fact.period = "May";
    fact.direction = Direction::up;
    fact.span = Span::quarter;
    pack.facts = {fact};
    pack.items = {{"r:liquidity", "liquidity", "high", {1}}, {"r:unprofitable", "unprofitable", "medium", {1}}};
    return pack;
}
Draft draft(const std::string& severity = "high") {
    return {{"Revenue grew to {{f:1}}.", {1}},
            {{"Revenue is {{f:1}}.", {1}}, {"Revenue {{f:1}} in {{f:1.period}}.", {1}}},
            {{"r:liquidity", severity}, {"r:unprofitable", "medium"}}};
}
Check check(std::vector<Verdict> verdicts, const std::string& severity = "high") {
    return {std::move(verdicts), {{"r:liquidity", severity}, {"r:unprofitable", "medium"}}};
}
const std::vector<Verdict> all_good(3, Verdict::supported);

TEST(Ensemble, FullAgreementRaisesConfidence) {
    const Opinion opinion = combine(sample(), draft(), check(all_good), false);
    EXPECT_EQ(opinion.statements.size(), 2u);
    EXPECT_DOUBLE_EQ(*opinion.agreement, 1);
    EXPECT_DOUBLE_EQ(opinion.confidence_factor, 1.1);
    EXPECT_EQ(opinion.judged[0].ensemble, "high");
}

TEST(Ensemble, WhatTheCheckerDoesNotSupportIsLeftOut) {
    const Opinion opinion =
        combine(sample(), draft(), check({Verdict::contradicted, Verdict::supported, Verdict::unsupported}), false);
    EXPECT_TRUE(opinion.headline.text.empty());
    ASSERT_EQ(opinion.statements.size(), 1u);
    EXPECT_EQ(opinion.statements[0].text, "Revenue is {{f:1}}.");
    EXPECT_NEAR(*opinion.agreement, (1.0 / 3 + 1) / 2, 1e-12);
    EXPECT_NEAR(opinion.confidence_factor, 0.9 + 0.2 * (1.0 / 3 + 1) / 2, 1e-12);
}

TEST(Ensemble, WeightsVoteOnLabelsAndRenormalise) {
    // 0.7 * 3 + 0.3 * 0 = 2.1: high.
    const Opinion both = combine(sample(), draft("critical"), check(all_good, "low"), false);
    EXPECT_EQ(both.judged[0].ensemble, "high");
    EXPECT_DOUBLE_EQ(both.judged[0].agreement, 0);
    EXPECT_EQ(combine(sample(), draft("critical"), std::nullopt, true).judged[0].ensemble, "critical");
    EXPECT_EQ(combine(sample(), std::nullopt, check(all_good, "low"), true).judged[0].ensemble, "low");
    EXPECT_FALSE(combine(sample(), std::nullopt, std::nullopt, true).judged[0].ensemble);
    // A half goes towards the engine's word.
    EXPECT_EQ(combine(sample(), draft("critical"), check(all_good, "medium"), false, {0.25, 0.75}).judged[0].ensemble,
              "high");
    EXPECT_EQ(combine(sample(), draft("critical"), check(all_good, "high"), false, {0.5, 0.5}).judged[0].ensemble,
              "high");
}

TEST(Ensemble, AFailedProviderLowersConfidenceAndEndsNothing) {
    const Opinion alone = combine(sample(), draft(), std::nullopt, true);
    EXPECT_EQ(alone.statements.size(), 2u);
    EXPECT_FALSE(alone.agreement);
    EXPECT_DOUBLE_EQ(alone.confidence_factor, 0.95);
    const Opinion none = combine(sample(), std::nullopt, std::nullopt, true);
    EXPECT_TRUE(none.is_template);
    EXPECT_DOUBLE_EQ(none.confidence_factor, 0.95);
}

TEST(Ensemble, WhatMayNotBeStoredIsLeftOutWhateverTheCheckerSays) {
    Draft lying = draft();
    lying.statements[0].text = "Revenue is 12.";
    const Opinion opinion = combine(sample(), lying, check(all_good), false);
    ASSERT_EQ(opinion.statements.size(), 1u);
    EXPECT_EQ(opinion.statements[0].text, "Revenue {{f:1}} in {{f:1.period}}.");
    EXPECT_LT(*opinion.agreement, 1);
}

json answer() {
    return {{"headline", {{"text", "Revenue grew to {{f:1}}."}, {"fact_ids", {1}}}},
            {"statements", json::array({{{"text", "Revenue is {{f:1}}."}, {"fact_ids", {1}}}})},
            {"judgments", json::array({{{"id", "r:liquidity"}, {"severity", "high"}}})}};
}

TEST(Draft, AnswersOfAnotherShapeAreRefusedWithWords) {
    EXPECT_EQ(read_draft(answer(), sample()).statements.size(), 1u);
    const auto refused = [](const json& wrong) {
        try {
            read_draft(wrong, sample());
        } catch (const fin::Error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    json wrong = answer();
    wrong["extra"] = 1;
    EXPECT_EQ(refused(wrong), "the answer has keys that were not asked for");
    wrong = answer();
    wrong["headline"]["fact_ids"] = {7};
    EXPECT_EQ(refused(wrong), "fact_ids of the headline names a fact that is not there");
    wrong = answer();
    wrong["judgments"][0]["severity"] = "fatal";
    EXPECT_EQ(refused(wrong), "a judgment's severity is none of low, medium, high, critical");
    wrong = answer();
    wrong["statements"] = json::array();
    EXPECT_EQ(refused(wrong), "there are no statements");
    EXPECT_EQ(refused(json::array()), "the answer is no object");
}

TEST(Draft, ComplaintsNameStatementAndRule) {
    Draft bad = draft();
    bad.statements[1].text = "Revenue fell to {{f:1}}.";
    bad.headline.fact_ids = {};
    EXPECT_EQ(
        in_words(complaints(bad, sample())),
        "headline: facts: \"a slot's fact is not among fact_ids\"; statement 2: direction: \"Revenue fell to  , \"");
}

TEST(Draft, TheWorseOfTwoVerdictsCountsAndSilenceSupportsNothing) {
    const json verdicts = {
        {"verdicts", json::array({{{"statement", 1}, {"verdict", "supported"}, {"fact_ids", json::array()}},
                                  {{"statement", 1}, {"verdict", "contradicted"}, {"fact_ids", json::array()}}})},
        {"judgments", json::array()}};
    const Check read = read_check(verdicts, sample(), 2);
    EXPECT_EQ(read.verdicts, (std::vector<Verdict>{Verdict::unsupported, Verdict::contradicted, Verdict::unsupported}));
}

}  // namespace
