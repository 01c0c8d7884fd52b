// Verdicts: lines, watch list, and a score that never falls while the value worsens.
#include "risk/thresholds.hpp"

#include <limits>

#include "error.hpp"

using namespace fin::risk;

TEST(Thresholds, EveryCodeOfTheTaxonomyHasLines) {
    const std::vector<std::string> codes = {"liquidity",
                                            "burn_acceleration",
                                            "revenue_decline",
                                            "margin_erosion",
                                            "expense_surge",
                                            "customer_concentration",
                                            "supplier_concentration",
                                            "revenue_volatility",
                                            "unprofitable",
                                            "payroll_burden",
                                            "tax_gap",
                                            "negative_cash",
                                            "seasonal_dependency",
                                            "lost_customer",
                                            "duplicate_payments",
                                            "suspicious_payments",
                                            "data_quality"};
    ASSERT_EQ(default_rules().size(), codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) EXPECT_EQ(default_rules()[i].code, codes[i]);
}

TEST(Thresholds, TheLineItselfHoldsUnlessStrict) {
    const auto at = [](std::string_view code, double value) {
        const auto verdict = judge(rule_of(code, {}), value);
        return verdict ? std::string(name(verdict->severity)) : "none";
    };
    EXPECT_EQ(at("payroll_burden", 0.55), "medium");
    EXPECT_EQ(at("payroll_burden", 0.5499), "low");
    EXPECT_EQ(at("payroll_burden", 0.46), "none");
    EXPECT_EQ(at("liquidity", 9), "low");
    EXPECT_EQ(at("liquidity", 8.99), "medium");
    EXPECT_EQ(at("liquidity", 5.99), "high");
    EXPECT_EQ(at("liquidity", 2.99), "critical");
    EXPECT_EQ(at("unprofitable", -0.03), "low");
    EXPECT_EQ(at("unprofitable", -0.031), "medium");
    EXPECT_EQ(at("revenue_decline", -0.015), "medium");
    EXPECT_EQ(at("tax_gap", 2), "high");
}

TEST(Thresholds, ScoreGrowsAsTheValueWorsens) {
    for (const Rule& rule : default_rules()) {
        const double worst = rule.critical.value_or(2 * rule.medium), span = 3 * (worst - rule.medium) + 1e-3;
        double last = 0;
        for (int step = 0; step <= 400; ++step) {
            const double start = rule.medium - (rule.below ? -1 : 1) * 0.2 * std::abs(rule.medium);
            const double value = start + (rule.below ? -std::abs(span) : std::abs(span)) * step / 400;
            const auto verdict = judge(rule, value);
            const double score = verdict ? verdict->score : 0;
            EXPECT_GE(score, last) << rule.code << " at " << value;
            EXPECT_LE(score, 1);
            last = score;
        }
        EXPECT_GT(last, 0.3) << rule.code;
    }
    EXPECT_EQ(judge(rule_of("unprofitable", {}), -std::numeric_limits<double>::infinity())->score, 1);
    EXPECT_FALSE(judge(rule_of("unprofitable", {}), std::numeric_limits<double>::quiet_NaN()));
}

TEST(Thresholds, UnknownCodesAndNumbersThatAreNoneAreRefused) {
    EXPECT_THROW(rule_of("no_such_risk", {}), fin::Error);
    EXPECT_THROW(check_thresholds({{"liquidity", {std::numeric_limits<double>::infinity(), {}, {}}}}), fin::Error);
    EXPECT_NO_THROW(check_thresholds({{"liquidity", {12.0, {}, {}}}}));
}
