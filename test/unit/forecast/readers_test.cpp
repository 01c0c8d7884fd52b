// What reads the ledger's forecast: zero_cash_date, negative_cash, the levels of the recommendations.
#include <algorithm>

#include "forecast/ledger_forecast.hpp"
#include "metrics/reason.hpp"
#include "recommendation/proposals.hpp"
#include "recommendation/recommend.hpp"
#include "support/company.hpp"

using namespace fin;
using fin::test::Company;
using fin::test::Study;

namespace {

test::Plan plan() {
    test::Plan plan;
    plan.spread = 0;
    return plan;
}

// A forecast that somebody made up: cash of 250,000 runs out in the fourth month of July 2023 and later.
forecast::LedgerForecast falling() {
    forecast::LedgerForecast made;
    made.profit.points.resize(6);
    made.cash_known = true;
    made.cash_now = 250000;
    made.central_revenue.assign(12, 50000);
    made.central_expenses.assign(12, 115000);
    for (int month = 0; month < 60; ++month) made.central_cash_60.push_back(250000 - 65000.0 * (month + 1));
    made.central_cash.assign(made.central_cash_60.begin(), made.central_cash_60.begin() + 12);
    made.zero_cash = Company::month(30 + 3);
    made.zero_cash_lo80 = Company::month(30 + 2);
    made.runway.status = metrics::Status::ok;
    made.runway.months = made.runway_with(0);
    made.runway.confidence = 0.5;
    return made;
}

metrics::Facts with(const Study& study, const forecast::LedgerForecast* forecast) {
    auto facts = study.facts();
    return {facts.ledger, facts.monthly, facts.recurring, forecast};
}

metrics::Metric zero_cash_date(const metrics::Facts& facts) {
    const auto all = metrics::compute(facts);
    return *std::ranges::find(all, "zero_cash_date", &metrics::Metric::metric);
}

const risk::Risk* find(const std::vector<risk::Risk>& risks, std::string_view code) {
    const auto found = std::ranges::find(risks, code, &risk::Risk::code);
    return found == risks.end() ? nullptr : &*found;
}

double value(const std::vector<risk::Evidence>& evidence, std::string_view name) {
    const auto found = std::ranges::find(evidence, name, &risk::Evidence::name);
    return found == evidence.end() ? -1 : found->value;
}

}  // namespace

TEST(ReadersOfTheForecast, RunwayWithMoreMoneyIsLonger) {
    const auto made = falling();
    EXPECT_DOUBLE_EQ(*made.runway_with(0), 250000 / 65000.0);
    EXPECT_DOUBLE_EQ(*made.runway_with(15000), 5);
    EXPECT_FALSE(made.runway_with(65000));
}

TEST(ReadersOfTheForecast, ZeroCashDateIsTheFirstMonthBelowZero) {
    const Study study(make(plan()));
    auto made = falling();
    const auto metric = zero_cash_date(with(study, &made));
    EXPECT_EQ(metric.status, metrics::Status::ok);
    EXPECT_EQ(metric.value, 20231001);
    ASSERT_EQ(metric.inputs.size(), 2u);
    EXPECT_EQ(metric.inputs[0].text, "2023-10-01");
    EXPECT_EQ(metric.inputs[1].text, "2023-09-01");
    made.zero_cash.reset();
    EXPECT_EQ(zero_cash_date(with(study, &made)).status, metrics::Status::not_applicable);
    made.cash_known = false;
    EXPECT_EQ(zero_cash_date(with(study, &made)).status, metrics::Status::insufficient_data);
    made = {};
    made.cash.status = metrics::Status::insufficient_data;
    EXPECT_EQ(zero_cash_date(with(study, &made)).status, metrics::Status::insufficient_data);
    EXPECT_EQ(zero_cash_date(with(study, nullptr)).status, metrics::Status::not_available);
}

TEST(ReadersOfTheForecast, ItsReasonsAreTranslated) {
    for (const char* reason :
         {"no forecast of cash was made", "opening balance unknown", "too little history for a forecast",
          "cash stays above zero over 12 months of the forecast"}) {
        const std::string russian = metrics::reason_ru(reason);
        EXPECT_EQ(russian.find_first_of("abcdefghijklmnopqrstuvwxyz"), std::string::npos) << russian;
    }
}

TEST(ReadersOfTheForecast, NegativeCashHoldsBeforeItHappens) {
    const Study study(make(plan()));
    EXPECT_FALSE(find(risk::find_risks(with(study, nullptr)), "negative_cash"));
    auto made = falling();
    const auto risks = risk::find_risks(with(study, &made));
    const auto* risk = find(risks, "negative_cash");
    ASSERT_TRUE(risk);
    EXPECT_EQ(risk->severity, risk::Severity::medium);  // in four months
    EXPECT_EQ(value(risk->evidence, "value"), 4);
    EXPECT_EQ(value(risk->evidence, "cash_forecast"), -10000);
    EXPECT_NE(risk->title_en.find("4 months (2023-10): 10,000"), std::string::npos) << risk->title_en;
    made.zero_cash = Company::month(30 + 2);
    EXPECT_EQ(find(risk::find_risks(with(study, &made)), "negative_cash")->severity, risk::Severity::high);
    made.zero_cash = Company::month(30 + 9);
    EXPECT_FALSE(find(risk::find_risks(with(study, &made)), "negative_cash"));
}

TEST(ReadersOfTheForecast, LeversWorkOnWhatIsExpected) {
    const Study study(make(plan()));
    auto made = falling();
    // A picture keeps a reference to its facts.
    const auto plain = with(study, nullptr), foreseen = with(study, &made);
    const risk::Picture past(plain, never_interrupted), ahead(foreseen, never_interrupted);
    const recommendation::Levels before(past), after(ahead);
    EXPECT_FALSE(before.from_forecast);
    EXPECT_TRUE(after.from_forecast);
    EXPECT_NEAR(after.revenue, 50000, 0.01);
    EXPECT_NEAR(after.expenses, 115000, 0.01);
    EXPECT_NEAR(after.purchases / before.purchases, after.expenses / before.expenses, 1e-12);
    made.central_revenue.assign(12, 1e9);  // nobody believes that
    const recommendation::Levels wild(ahead);
    EXPECT_NEAR(wild.revenue, 2 * before.revenue, 0.01);
}

TEST(ReadersOfTheForecast, RecommendationsSayWhatTheyDoToTheRunway) {
    const Study study(make(plan()));
    const auto made = falling();
    const auto facts = with(study, &made);
    const risk::Picture picture(facts, never_interrupted);
    const auto recommendations = recommendation::recommend(picture, risk::find_risks(facts));
    ASSERT_FALSE(recommendations.empty());
    int with_effect = 0;
    for (const auto& each : recommendations) {
        const double monthly = each.effect_monthly.value();
        if (monthly <= 0) continue;
        ++with_effect;
        EXPECT_NEAR(value(each.evidence, "runway_months"), *made.runway.months, 1e-9);
        EXPECT_NEAR(value(each.evidence, "runway_months_with_it"), made.runway_with(monthly).value_or(0), 1e-9);
    }
    EXPECT_GT(with_effect, 0);
}
