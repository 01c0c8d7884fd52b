// Lines of risks moved by what was learned from feedback.
#include "risk/learned.hpp"

#include <cmath>

#include "risk/thresholds.hpp"

using namespace fin::risk;

namespace {

double line_of(const std::string& code, double strict, Thresholds set = {}) {
    return rule_of(code, with_learned(std::move(set), {{code, strict}})).medium;
}

}  // namespace

TEST(LearnedLines, MoveByTheFourthRootOfTheStrictness) {
    EXPECT_DOUBLE_EQ(line_of("customer_concentration", 1), 1.0 / 3);
    EXPECT_DOUBLE_EQ(line_of("customer_concentration", 2), std::pow(2, 0.25) / 3);
    EXPECT_DOUBLE_EQ(line_of("customer_concentration", 0.5), std::pow(0.5, 0.25) / 3);
}

TEST(LearnedLines, OfRisksThatGrowAsTheNumberFalls) {
    EXPECT_DOUBLE_EQ(line_of("liquidity", 2), 9 / std::pow(2, 0.25));             // fewer months
    EXPECT_DOUBLE_EQ(line_of("revenue_decline", 2), -0.015 * std::pow(2, 0.25));  // a steeper fall
    EXPECT_GT(line_of("liquidity", 0.5), 9);
}

TEST(LearnedLines, DoNotPassTheLineWhereTheRiskIsHigh) {
    EXPECT_DOUBLE_EQ(line_of("payroll_burden", 4), 0.65);
    EXPECT_DOUBLE_EQ(line_of("tax_gap", 4), 2);
    EXPECT_DOUBLE_EQ(line_of("liquidity", 1000), 9 / std::sqrt(2.0));
    EXPECT_DOUBLE_EQ(line_of("liquidity", 4, {{"liquidity", {{}, 8, {}}}}), 8);
}

TEST(LearnedLines, StayWhereSomebodyHasSetThem) {
    EXPECT_DOUBLE_EQ(line_of("payroll_burden", 4, {{"payroll_burden", {0.3, {}, {}}}}), 0.3);
    const auto set = with_learned({{"payroll_burden", {{}, 0.9, {}}}}, {{"payroll_burden", 2}});
    EXPECT_DOUBLE_EQ(*set.at("payroll_burden").high, 0.9);
}

TEST(LearnedLines, AreNoneForCodesOfAnotherVersion) { EXPECT_TRUE(with_learned({}, {{"weather", 2}}).empty()); }

TEST(LearnedLines, RiseWithTheStrictness) {
    double before = 0;
    for (const double strict : {0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0}) {
        const double line = line_of("revenue_volatility", strict);
        EXPECT_GT(line, before);
        before = line;
    }
}
