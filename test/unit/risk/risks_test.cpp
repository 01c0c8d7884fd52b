// Every risk on both sides of its line. The expected side follows from the plan of the company, by hand.
#include <algorithm>

#include "error.hpp"
#include "risk/find.hpp"
#include "risk/risk.hpp"
#include "support/company.hpp"

using namespace fin;
using namespace fin::risk;
using fin::test::Company;
using fin::test::Plan;
using fin::test::Study;

namespace {

std::optional<Risk> found(const Company& company, const std::string& code, const Thresholds& thresholds = {}) {
    const Study study(company);
    for (const Risk& risk : find_risks(study.facts(), thresholds))
        if (risk.code == code) return risk;
    return std::nullopt;
}

std::string severity(const Company& company, const std::string& code, const Thresholds& thresholds = {}) {
    const auto risk = found(company, code, thresholds);
    return risk ? std::string(name(risk->severity)) : "none";
}

double number(const Risk& risk, const std::string& name) {
    for (const Evidence& evidence : risk.evidence)
        if (evidence.name == name) return evidence.value;
    ADD_FAILURE() << "no evidence " << name;
    return 0;
}

auto from_month(int start, double factor) {
    return [=](int m) { return m >= start ? factor : 1.0; };
}

// Exact amounts, so that a line can be met from both sides.
Plan exact(int months = 30) {
    Plan plan;
    plan.months = months;
    plan.spread = 0;
    return plan;
}

}  // namespace

TEST(Risks, AHealthyCompanyHasNone) {
    const Study study(make(Plan{}));
    for (const Risk& risk : find_risks(study.facts())) ADD_FAILURE() << risk.code << ": " << risk.title_en;
}

// Revenue 60,000 leaves 60,000 * 0.7 - 26,000 - 15,000 - 7,000 = -6,000 a month (office supplies vary by cents).
TEST(Risks, LiquidityByMonthsOfRunway) {
    const auto company = [](double cash_at_end, bool known = true) {
        Plan plan = exact(12);
        plan.revenue = [](int) { return 0.6; };
        plan.opening = cash_at_end + 12 * 6000;
        plan.opening_known = known;
        return make(plan);
    };
    EXPECT_EQ(severity(company(70000), "liquidity"), "none");
    EXPECT_EQ(severity(company(57000), "liquidity"), "low");
    EXPECT_EQ(severity(company(50000), "liquidity"), "medium");
    EXPECT_EQ(severity(company(33000), "liquidity"), "high");
    EXPECT_EQ(severity(company(15000), "liquidity"), "critical");
    EXPECT_EQ(severity(company(-5000), "liquidity"), "critical");
    EXPECT_EQ(severity(company(15000, false), "liquidity"), "none") << "without an opening balance nothing is known";
    const auto risk = found(company(33000), "liquidity");
    EXPECT_NEAR(number(*risk, "runway_months"), 5.5, 0.4);
    EXPECT_NEAR(risk->impact->value(), 6000, 300);
}

TEST(Risks, NegativeCashNow) {
    Plan plan = exact(12);
    plan.opening = -500000;
    EXPECT_EQ(severity(make(plan), "negative_cash"), "critical");
    plan.opening = 250000;
    EXPECT_EQ(severity(make(plan), "negative_cash"), "none");
    plan.opening = -500000;
    plan.opening_known = false;
    EXPECT_EQ(severity(make(plan), "negative_cash"), "none");
}

// Months 0-8 burn 6,000 (revenue 0.6); later ones burn `factor` times that.
TEST(Risks, BurnAccelerationOverTheThreeMonthsBefore) {
    const auto company = [](double factor, int months = 12) {
        Plan plan = exact(months);
        plan.office = [](int) { return 0.0; };  // 4,000 less, so revenue 0.5429 burns 6,000
        plan.revenue = [=](int m) { return (44000 - 6000 * (m >= months - 3 ? factor : 1)) / 70000; };
        plan.opening = 5e6;
        return make(plan);
    };
    EXPECT_EQ(severity(company(1.1), "burn_acceleration"), "none");
    EXPECT_EQ(severity(company(1.45), "burn_acceleration"), "medium");
    EXPECT_EQ(severity(company(1.9), "burn_acceleration"), "high");
    EXPECT_EQ(severity(company(2.6), "burn_acceleration"), "critical");
    EXPECT_EQ(severity(company(2.6, 5), "burn_acceleration"), "none") << "5 months are too few";
    EXPECT_EQ(severity(company(2.6, 6), "burn_acceleration"), "critical");
}

TEST(Risks, BurnThatBeganInTheLastThreeMonths) {
    Plan plan = exact(12);
    plan.revenue = from_month(9, 0.6);
    EXPECT_EQ(severity(make(plan), "burn_acceleration"), "medium");
    plan.revenue = from_month(9, 0.67);  // burns 1,100: under 5 % of revenue
    EXPECT_EQ(severity(make(plan), "burn_acceleration"), "none");
}

TEST(Risks, RevenueDeclineByTrendOfNineMonths) {
    const auto company = [](double rate, int months = 30) {
        Plan plan = exact(months);
        plan.revenue = [=](int m) { return std::max(0.2, 1 + rate * std::max(0, m - (months - 10))); };
        return make(plan);
    };
    EXPECT_EQ(severity(company(-0.005), "revenue_decline"), "none");
    EXPECT_EQ(severity(company(-0.020), "revenue_decline"), "medium");
    EXPECT_EQ(severity(company(-0.035), "revenue_decline"), "high");
    EXPECT_EQ(severity(company(-0.060), "revenue_decline"), "critical");
    EXPECT_EQ(severity(company(-0.035, 14), "revenue_decline"), "none") << "14 months are too few";
    EXPECT_EQ(severity(company(-0.035, 15), "revenue_decline"), "high");
    // Falling from a peak that is still above the year before is no decline.
    Plan plan = exact(30);
    plan.revenue = [](int m) { return m < 20 ? 1.0 : 1.6 - 0.03 * (m - 20); };
    EXPECT_EQ(severity(make(plan), "revenue_decline"), "none");
}

TEST(Risks, RevenueDeclineReadsThroughASeason) {
    Plan plan = exact(36);
    plan.revenue = [](int m) { return test::season_of(m, 0.35) * (1 + 0.002 * m); };
    EXPECT_EQ(severity(make(plan), "revenue_decline"), "none");
    plan.revenue = [](int m) { return test::season_of(m, 0.35) * (1 - 0.035 * std::max(0, m - 26)); };
    EXPECT_NE(severity(make(plan), "revenue_decline"), "none");
}

// Margin before: (100,000 - 30,000 - 26,000 - 15,000) / 100,000 = 29 %.
TEST(Risks, MarginErosionInPoints) {
    const auto company = [](double points, int months = 24) {
        Plan plan = exact(months);
        plan.cogs_share = from_month(months - 3, (0.30 + points / 100) / 0.30);
        return make(plan);
    };
    EXPECT_EQ(severity(company(5), "margin_erosion"), "none");
    EXPECT_EQ(severity(company(6.9), "margin_erosion"), "low");
    EXPECT_EQ(severity(company(8), "margin_erosion"), "medium");
    EXPECT_EQ(severity(company(13), "margin_erosion"), "high");
    EXPECT_EQ(severity(company(21), "margin_erosion"), "critical");
    EXPECT_EQ(severity(company(13, 5), "margin_erosion"), "none") << "5 months are too few";
    EXPECT_EQ(severity(company(13, 6), "margin_erosion"), "high");
}

TEST(Risks, ExpenseSurgeOfACategory) {
    const auto company = [](double factor, int months = 24) {
        Plan plan = exact(months);
        plan.marketing = from_month(months - 3, factor);
        return make(plan);
    };
    EXPECT_EQ(severity(company(1.2), "expense_surge"), "none");
    EXPECT_EQ(severity(company(1.55), "expense_surge"), "medium");
    EXPECT_EQ(severity(company(2.1), "expense_surge"), "high");
    EXPECT_EQ(severity(company(3.1), "expense_surge"), "critical");
    EXPECT_EQ(severity(company(3.1, 5), "expense_surge"), "none") << "5 months are too few";
    const auto risk = found(company(2.1), "expense_surge");
    EXPECT_NEAR(risk->impact->value(), 5500, 10);
    EXPECT_NE(risk->title_en.find("\"Marketing\""), std::string::npos) << risk->title_en;
}

TEST(Risks, CostsThatFollowRevenueAreNoSurge) {
    Plan plan = exact(24);
    plan.revenue = from_month(21, 1.8);
    EXPECT_EQ(severity(make(plan), "expense_surge"), "none");
}

TEST(Risks, OneLargeInvoiceIsNoSurge) {
    Company company = make(exact(24));
    company.add(22, 12, -15000, "Marketing", "Brightads");
    EXPECT_EQ(severity(company, "expense_surge"), "none");
}

TEST(Risks, CustomerConcentrationUnlessItIsACollector) {
    const auto company = [](double share, const std::string& customer = "Customer A") {
        Plan plan = exact(14);
        plan.first_customer = share;
        plan.first_customer_name = customer;
        return make(plan);
    };
    EXPECT_EQ(severity(company(0.25), "customer_concentration"), "none");
    EXPECT_EQ(severity(company(0.31), "customer_concentration"), "low");
    EXPECT_EQ(severity(company(0.34), "customer_concentration"), "medium");
    EXPECT_EQ(severity(company(0.46), "customer_concentration"), "high");
    EXPECT_EQ(severity(company(0.70), "customer_concentration"), "critical");
    for (const char* collector : {"Stripe", "PAYPAL *PAYOUT", "Amazon EU", "Square Inc", "Shopify Payments", "Adyen NV",
                                  "ЮKassa", "Яндекс.Касса", "ООО Вайлдберриз", "Ozon"})
        EXPECT_EQ(severity(company(0.70, collector), "customer_concentration"), "none") << collector;
    EXPECT_EQ(severity(company(0.70, "Square Mile Advisors"), "customer_concentration"), "critical");
}

// Spending other than payroll and tax: 30,000 + 15,000 a month; the first supplier has `share` of the 30,000.
TEST(Risks, SupplierConcentrationOfSpendingWithoutPayrollAndTax) {
    const auto company = [](double share) {
        Plan plan = exact(14);
        plan.first_supplier = share;
        return make(plan);
    };
    EXPECT_EQ(severity(company(0.45), "supplier_concentration"), "none");
    EXPECT_EQ(severity(company(0.63), "supplier_concentration"), "medium");
    EXPECT_EQ(severity(company(0.86), "supplier_concentration"), "high");
}

TEST(Risks, RevenueVolatilityBeyondTrendAndSeason) {
    const auto company = [](double swing, int months = 24) {
        Plan plan = exact(months);
        test::Noise noise(7);
        std::vector<double> factor;
        for (int m = 0; m < months; ++m) factor.push_back(1 + swing * (noise.uniform() < 0.5 ? -1 : 1));
        plan.revenue = [=](int m) { return factor[static_cast<std::size_t>(m)]; };
        return make(plan);
    };
    EXPECT_EQ(severity(company(0.10), "revenue_volatility"), "none");
    EXPECT_NE(severity(company(0.32), "revenue_volatility"), "none");
    EXPECT_EQ(severity(company(0.70), "revenue_volatility"), "critical");
    EXPECT_EQ(severity(company(0.70, 11), "revenue_volatility"), "none") << "11 months are too few";
    Plan seasonal = exact(36);
    seasonal.revenue = [](int m) { return test::season_of(m, 0.5) * (1 + 0.01 * m); };
    EXPECT_EQ(severity(make(seasonal), "revenue_volatility"), "none");
    seasonal.months = 18;
    EXPECT_EQ(severity(make(seasonal), "revenue_volatility"), "none");
}

// Net margin at revenue r: (0.7 r - 48,000) / r.
TEST(Risks, UnprofitableByNetMarginOfSixMonths) {
    const auto company = [](double margin) {
        Plan plan = exact(12);
        plan.revenue = [=](int) { return 0.48 / (0.7 - margin); };
        return make(plan);
    };
    EXPECT_EQ(severity(company(0.05), "unprofitable"), "none");
    EXPECT_EQ(severity(company(-0.02), "unprofitable"), "none");
    EXPECT_EQ(severity(company(-0.06), "unprofitable"), "medium");
    EXPECT_EQ(severity(company(-0.14), "unprofitable"), "high");
    EXPECT_EQ(severity(company(-0.30), "unprofitable"), "critical");
}

TEST(Risks, PayrollBurden) {
    const auto company = [](double share) {
        Plan plan = exact(12);
        plan.payroll = [=](int) { return share * 100000 / 26000; };
        return make(plan);
    };
    EXPECT_EQ(severity(company(0.40), "payroll_burden"), "none");
    EXPECT_EQ(severity(company(0.50), "payroll_burden"), "low");
    EXPECT_EQ(severity(company(0.56), "payroll_burden"), "medium");
    EXPECT_EQ(severity(company(0.66), "payroll_burden"), "high");
    EXPECT_EQ(severity(company(0.81), "payroll_burden"), "critical");
}

TEST(Risks, TaxGapCountsMissedPayments) {
    const auto company = [](int missed, int every = 1) {
        Plan plan = exact(24);
        plan.tax = [=](int m) { return m < 24 - missed * every && m % every == every - 1 ? 1.0 : 0.0; };
        return make(plan);
    };
    EXPECT_EQ(severity(company(0), "tax_gap"), "none");
    EXPECT_EQ(severity(company(1), "tax_gap"), "low");
    EXPECT_EQ(severity(company(2), "tax_gap"), "high");
    EXPECT_EQ(severity(company(4), "tax_gap"), "critical");
    EXPECT_EQ(severity(company(0, 3), "tax_gap"), "none");
    EXPECT_EQ(severity(company(2, 3), "tax_gap"), "high");
}

TEST(Risks, SeasonalDependencyTwoYearsRunning) {
    const auto company = [](double peak, double peak_before) {
        Plan plan = exact(24);
        plan.revenue = [=](int m) {
            const double share = m < 12 ? peak_before : peak;
            return (m % 12 >= 9 ? share / 3 : (1 - share) / 9) * 12;
        };
        return make(plan);
    };
    EXPECT_EQ(severity(company(0.56, 0.55), "seasonal_dependency"), "medium");
    EXPECT_EQ(severity(company(0.56, 0.35), "seasonal_dependency"), "none");
    EXPECT_EQ(severity(company(0.35, 0.35), "seasonal_dependency"), "none");
}

TEST(Risks, LostCustomer) {
    const auto company = [](double share, int last_month) {
        Plan plan = exact(24);
        plan.first_customer = share;
        plan.first_customer_pays = [=](int m) { return m <= last_month ? 1.0 : 0.0; };
        return make(plan);
    };
    EXPECT_EQ(severity(company(0.12, 20), "lost_customer"), "medium");
    EXPECT_EQ(severity(company(0.25, 20), "lost_customer"), "high");
    EXPECT_EQ(severity(company(0.45, 20), "lost_customer"), "critical");
    EXPECT_EQ(severity(company(0.12, 21), "lost_customer"), "none") << "it paid in T3";
    EXPECT_EQ(severity(company(0.45, 12), "lost_customer"), "none") << "active in 4 months of P12 only";
    EXPECT_EQ(severity(company(0.05, 20), "lost_customer"), "none");
}

TEST(Risks, DuplicatePaymentsOfSixMonths) {
    Company company = make(exact(24));
    company.add(21, 3, -6000, "Rent", "Harbor Estates");  // 1.4 % of six months' expenses
    const auto risk = found(company, "duplicate_payments");
    ASSERT_TRUE(risk);
    EXPECT_EQ(risk->severity, Severity::medium);
    EXPECT_NEAR(number(*risk, "money"), 6000, 0.01);
    // Ten months ago is no business of the last six.
    Company old = make(exact(24));
    old.add(13, 3, -6000, "Rent", "Harbor Estates");
    EXPECT_EQ(severity(old, "duplicate_payments"), "none");
}

TEST(Risks, SuspiciousPaymentToANewCounterparty) {
    Company company = make(exact(24));
    company.add(21, 12, -22000, "Materials", "Quickfix Holdings");
    EXPECT_EQ(severity(company, "suspicious_payments"), "high");
    // A new supplier under contract is paid again.
    Company contract = make(exact(24));
    for (int m = 19; m < 24; ++m) contract.add(m, 12, -16000, "Materials", "Northern Steel");
    EXPECT_EQ(severity(contract, "suspicious_payments"), "none");
}

// The ledger's findings are the one source: what is on their watch list, dismissed, or of another kind does not count.
TEST(Risks, PaymentsAreCountedFromTheFindings) {
    Company company = make(exact(24));
    company.add(21, 12, -22000, "Materials", "Quickfix Holdings");
    const Study study(company);
    metrics::Facts facts = study.facts();
    const auto row = static_cast<std::uint32_t>(std::ranges::find(facts.ledger.amount, ledger::Money::of(-22000)) -
                                                facts.ledger.amount.begin());
    std::vector<anomaly::Finding> findings(1);
    anomaly::Finding& finding = findings.front();
    finding.row = row;
    finding.booked_on = facts.ledger.day[row];
    const auto codes = [&](anomaly::Kind kind, Severity severity) {
        finding.kind = kind;
        finding.severity = severity;
        facts.anomalies = &findings;
        std::string found;
        for (const Risk& risk : find_risks(facts))
            if (risk.code.ends_with("_payments")) found += risk.code + " ";
        return found;
    };
    EXPECT_EQ(codes(anomaly::Kind::new_counterparty, Severity::medium), "suspicious_payments ");
    EXPECT_EQ(codes(anomaly::Kind::split_payment, Severity::high), "suspicious_payments ");
    EXPECT_EQ(codes(anomaly::Kind::sign_error, Severity::critical), "suspicious_payments ");
    EXPECT_EQ(codes(anomaly::Kind::duplicate, Severity::medium), "duplicate_payments ");
    EXPECT_EQ(codes(anomaly::Kind::amount_outlier, Severity::critical), "");
    EXPECT_EQ(codes(anomaly::Kind::new_counterparty, Severity::low), "");
    facts.anomalies = nullptr;
    EXPECT_TRUE(find_risks(Picture(facts, never_interrupted)).empty());
}

TEST(Risks, DataQuality) {
    EXPECT_EQ(severity(make(exact(12)), "data_quality"), "none");
    Company company = make(exact(12));
    for (auto& entry : company.entries)
        if (entry.counterparty == "Harbor Estates" || entry.category == "Sales") entry.category.clear();
    EXPECT_EQ(severity(company, "data_quality"), "medium");
    Company hole = make(exact(12));
    std::erase_if(hole.entries,
                  [](const test::Entry& entry) { return ledger::month_of(entry.day) == Company::month(6); });
    const auto risk = found(hole, "data_quality");
    ASSERT_TRUE(risk);
    EXPECT_EQ(risk->title_ru, "Нет записей за 1\u00a0месяц");
}

TEST(Risks, ThresholdsMoveTheLines) {
    Plan plan = exact(12);
    plan.payroll = [](int) { return 0.40 * 100000 / 26000; };
    const Company company = make(plan);
    EXPECT_EQ(severity(company, "payroll_burden"), "none");
    EXPECT_EQ(severity(company, "payroll_burden", {{"payroll_burden", {0.35, {}, {}}}}), "medium");
    EXPECT_EQ(severity(company, "payroll_burden", {{"payroll_burden", {0.35, 0.39, {}}}}), "high");
    EXPECT_EQ(severity(company, "payroll_burden", {{"payroll_burden", {0.35, 0.37, 0.39}}}), "critical");
    const Study study(company);
    EXPECT_THROW(find_risks(study.facts(), {{"payrol_burden", {0.35, {}, {}}}}), Error);
}

TEST(Risks, MostSevereAndHighestScoreFirst) {
    Plan plan = exact(24);
    plan.revenue = [](int m) { return m < 14 ? 0.7 : 0.7 * (1 - 0.04 * (m - 13)); };
    plan.opening = 30000;
    const Study study(make(plan));
    const auto risks = find_risks(study.facts());
    ASSERT_GE(risks.size(), 3u);
    for (std::size_t i = 1; i < risks.size(); ++i) {
        EXPECT_GE(risks[i - 1].severity, risks[i].severity);
        if (risks[i - 1].severity == risks[i].severity) {
            EXPECT_GE(risks[i - 1].score, risks[i].score);
        }
    }
    for (const Risk& risk : risks) {
        EXPECT_GE(risk.score, 0);
        EXPECT_LE(risk.score, 1);
        EXPECT_FALSE(risk.title_en.empty());
        EXPECT_FALSE(risk.title_ru.empty());
    }
}

TEST(Risks, AnEmptyOrTinyLedgerSaysNothing) {
    EXPECT_TRUE(find_risks(Study(Company{}).facts()).empty());
    Company one;
    one.add(0, 1, -5, "Rent", "Someone");
    for (const Risk& risk : find_risks(Study(one).facts())) ADD_FAILURE() << risk.code;
}
