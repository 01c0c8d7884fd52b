// Risks and recommendations that a person has put aside.
#include "analysis/put_aside.hpp"

using namespace fin;
using namespace fin::analysis;
using What = PutAside::What;

namespace {

std::vector<std::string> left_of(std::vector<risk::Risk> risks, const std::vector<PutAside>& put_aside) {
    leave_out(risks, put_aside);
    std::vector<std::string> codes;
    for (const auto& risk : risks) codes.push_back(risk.code);
    return codes;
}

std::vector<risk::Risk> two_risks() {
    std::vector<risk::Risk> risks(2);
    risks[0].code = "liquidity", risks[0].severity = Severity::high;
    risks[1].code = "tax_gap", risks[1].severity = Severity::medium;
    return risks;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST(PutAside, ARiskIsLeftOutWhileItIsNoWorse) {
    EXPECT_EQ(left_of(two_risks(), {}), (Codes{"liquidity", "tax_gap"}));
    EXPECT_EQ(left_of(two_risks(), {{What::risk, "liquidity", {}, Severity::high}}), Codes{"tax_gap"});
    EXPECT_EQ(left_of(two_risks(), {{What::risk, "liquidity", {}, Severity::critical}}), Codes{"tax_gap"});
    EXPECT_EQ(left_of(two_risks(), {{What::risk, "liquidity", {}, Severity::medium}}), (Codes{"liquidity", "tax_gap"}));
    EXPECT_EQ(left_of(two_risks(), {{What::risk, "liquidity"}}), Codes{"tax_gap"});
}

TEST(PutAside, ARecommendationIsLeftOutByItsLeverAndTheRiskItAnswers) {
    std::vector<recommendation::Recommendation> all(3);
    all[0].lever = "cut_category", all[0].risk_code = "unprofitable";
    all[1].lever = "cut_category", all[1].risk_code = "expense_surge";
    all[2].lever = "raise_price", all[2].risk_code = "unprofitable";
    auto one = all;
    leave_out(one, {{What::recommendation, "cut_category", "unprofitable"}});
    ASSERT_EQ(one.size(), 2U);
    EXPECT_EQ(one[0].risk_code, "expense_surge");
    auto every = all;
    leave_out(every, {{What::recommendation, "cut_category"}});
    ASSERT_EQ(every.size(), 1U);
    EXPECT_EQ(every[0].lever, "raise_price");
    leave_out(all, {{What::risk, "unprofitable"}});
    EXPECT_EQ(all.size(), 3U);
}
