// What is recommended against which risk, in which order, and the arithmetic of every lever.
#include <algorithm>
#include <set>

#include "recommendation/levers.hpp"
#include "recommendation/recommendation.hpp"
#include "support/company.hpp"

using namespace fin;
using namespace fin::recommendation;
using fin::test::Plan;
using fin::test::Study;

namespace {

Plan exact(int months = 24) {
    Plan plan;
    plan.months = months;
    plan.spread = 0;
    return plan;
}

std::vector<Recommendation> of(const Plan& plan) {
    const Study study(make(plan));
    return recommend(study.facts(), risk::find_risks(study.facts()));
}

risk::Risk a_risk(const std::string& code, risk::Severity severity) {
    risk::Risk risk;
    risk.code = code;
    risk.severity = severity;
    risk.evidence = {{"value", 0.5},
                     {"line", 0.3},
                     {"counterparty", 0, "Borealis"},
                     {"category", 0, "Rent"},
                     {"average_t3", 6000},
                     {"expected", 4000},
                     {"revenue_from_it", 60000},
                     {"months", 12},
                     {"paid_to_it", 90000},
                     {"row_nos", 0, "7,19"},
                     {"money", 4800},
                     {"usual_payment", 7000},
                     {"missed_payments", 2}};
    return risk;
}

bool says(const Recommendation& recommendation, const std::string& name) {
    return std::ranges::any_of(recommendation.evidence, [&](const auto& each) { return each.name == name; });
}

}  // namespace

// Worked by hand from the formulas in levers.hpp.
TEST(Levers, EffectsFollowTheirFormulas) {
    EXPECT_DOUBLE_EQ(cut_category("Rent", 6000, 0.10).monthly, 600);
    EXPECT_DOUBLE_EQ(renegotiate_supplier("Acorn", 7500, 0.05).monthly, 375);
    EXPECT_NEAR(raise_price(100000, 0.03).monthly, 1455, 1e-6);             // 1.03 * 0.985 = 1.01455
    EXPECT_NEAR(collect_earlier(30437.5, 10).monthly, 10000 / 12.0, 1e-6);  // 1,000 a day
    EXPECT_NEAR(delay_payment(60875, 10).monthly, 20000 / 12.0, 1e-6);      // 2,000 a day
    EXPECT_DOUBLE_EQ(freeze_hiring(1000, 6).monthly, 3500);                 // mean of 1,000 .. 6,000
    EXPECT_DOUBLE_EQ(freeze_hiring(-1000, 6).monthly, 0);
    EXPECT_DOUBLE_EQ(recover_duplicate("7", 4800).monthly, 400);
    EXPECT_DOUBLE_EQ(cancel_recurring("Tool", 49, 20).monthly, 49);
    EXPECT_DOUBLE_EQ(replace_customer("A", 10000, 0.5, 0.7).monthly, 3500);
    EXPECT_DOUBLE_EQ(build_reserve(3, 10000, 12000, "x").monthly, 0);
    // 10 % of 100,000 at 70 % margin, lost with 1/10 in a quarter: 10,000 * 0.7 / 30.
    EXPECT_NEAR(diversify_customer("A", 0.43, 0.33, 100000, 0.7, {10, 1}).monthly, 7000 / 30.0, 1e-6);
}

TEST(Levers, WithoutAChanceOfLossDiversifyingHasNoEffectAndSaysWhy) {
    for (const PayerHistory history : {PayerHistory{4, 2}, PayerHistory{12, 0}}) {
        const Effect effect = diversify_customer("A", 0.5, 0.33, 100000, 0.7, history);
        EXPECT_EQ(effect.monthly, 0);
        EXPECT_EQ(effect.evidence.back().name, "reason");
    }
}

TEST(Recommend, AHealthyCompanyGetsNone) { EXPECT_TRUE(of(exact()).empty()); }

TEST(Recommend, EveryRiskThatHoldsGetsALever) {
    const std::set<std::string> levers = {
        "cut_category",       "renegotiate_supplier", "raise_price",       "collect_earlier",  "delay_payment",
        "diversify_customer", "freeze_hiring",        "recover_duplicate", "cancel_recurring", "build_reserve"};
    const Study study(make(exact()));
    for (const char* code : {"liquidity", "burn_acceleration", "revenue_decline", "margin_erosion", "expense_surge",
                             "customer_concentration", "supplier_concentration", "revenue_volatility", "unprofitable",
                             "payroll_burden", "tax_gap", "negative_cash", "seasonal_dependency", "lost_customer",
                             "duplicate_payments", "suspicious_payments", "data_quality"}) {
        const auto all = recommend(study.facts(), {a_risk(code, risk::Severity::medium)});
        ASSERT_FALSE(all.empty()) << code;
        for (const Recommendation& each : all) {
            EXPECT_EQ(each.risk_code, code);
            EXPECT_TRUE(levers.contains(each.lever)) << each.lever;
            EXPECT_FALSE(each.action_en.empty());
            EXPECT_FALSE(each.action_ru.empty());
            EXPECT_TRUE(says(each, "formula") || says(each, "reason")) << code << " " << each.lever;
            if (each.effect_monthly.units == 0) {
                EXPECT_TRUE(says(each, "reason")) << code << " " << each.lever;
            }
        }
        EXPECT_TRUE(recommend(study.facts(), {a_risk(code, risk::Severity::low)}).empty()) << "watch list: " << code;
    }
}

TEST(Recommend, ASurgeIsCutBackToWhatWasExpected) {
    Plan plan = exact();
    plan.marketing = [](int m) { return m < 21 ? 1.0 : 1.6; };
    const auto all = of(plan);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].lever, "cut_category");
    EXPECT_NEAR(all[0].effect_monthly.value(), 3000, 1);  // 8,000 instead of 5,000
    EXPECT_EQ(all[0].priority, "medium");                 // 3,000 of 74,000: 4 %
    EXPECT_NE(all[0].action_ru.find("«Marketing»"), std::string::npos) << all[0].action_ru;
}

TEST(Recommend, EightAtMostInOrderAndEachOnce) {
    const Study study(make(exact()));
    std::vector<risk::Risk> risks;
    for (const char* code :
         {"liquidity", "burn_acceleration", "margin_erosion", "customer_concentration", "supplier_concentration",
          "lost_customer", "duplicate_payments", "tax_gap", "data_quality"})
        risks.push_back(a_risk(code, risk::Severity::high));
    const auto all = recommend(study.facts(), risks);
    EXPECT_EQ(all.size(), 8u);
    const auto rank = [](const std::string& priority) { return priority == "high" ? 2 : priority == "medium" ? 1 : 0; };
    std::set<std::string> codes;
    for (std::size_t i = 0; i < all.size(); ++i) {
        codes.insert(all[i].risk_code);
        if (i == 0) continue;
        EXPECT_GE(rank(all[i - 1].priority), rank(all[i].priority));
        if (all[i - 1].priority == all[i].priority) {
            EXPECT_GE(all[i - 1].effect_monthly, all[i].effect_monthly);
        }
    }
    EXPECT_EQ(codes.size(), 8u) << "risks are answered before any gets a second lever";
}

TEST(Recommend, ASmallOldSubscriptionIsAnOpportunityOnly) {
    auto company = make(exact());
    for (int m = 0; m < 24; ++m) company.add(m, 9, -99, "Software", "Cloudworks");
    const Study study(company);
    const auto all = recommend(study.facts(), risk::find_risks(study.facts()));
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].lever, "cancel_recurring");
    EXPECT_EQ(all[0].priority, "low");
    EXPECT_EQ(all[0].risk_code, "");
    EXPECT_EQ(all[0].effect_monthly.text(), "99.00");
}
