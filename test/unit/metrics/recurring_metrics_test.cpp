// Recurring revenue, break-even, debt service, returns and data quality by hand.
#include "ledger/recurring.hpp"

#include <map>
#include <random>

#include "metrics/cashflow.hpp"
#include "small_ledger.hpp"

using namespace fin::metrics;
using namespace fin::metrics::test;
using fin::ledger::Cadence;
using fin::ledger::Kind;
using fin::ledger::Money;

namespace {

// Six months of 2024. Ann pays 100 each month, Bob 50 until March, Cid 30 until April and 20 from May, Eve 60 from
// May. One-off sales of 40 in June. Rent of 80 each month is recurring, goods of 20 each month are not.
Books club() {
    std::vector<Entry> rows;
    for (unsigned month = 1; month <= 6; ++month) {
        const auto day = [&](unsigned d) { return on(2024, month, d); };
        rows.push_back({day(3), 100, Kind::revenue, "fees", "Ann"});
        if (month <= 3) rows.push_back({day(4), 50, Kind::revenue, "fees", "Bob"});
        rows.push_back({day(5), month <= 4 ? 30.0 : 20.0, Kind::revenue, "fees", "Cid"});
        if (month >= 5) rows.push_back({day(6), 60, Kind::revenue, "fees", "Eve"});
        rows.push_back({day(20), -80, Kind::opex, "rent", "House"});
        rows.push_back({day(28), -20, Kind::cogs, "goods", "Mill"});
    }
    rows.push_back({on(2024, 6, 30), 40, Kind::revenue, "fees", "Zoe"});
    Books result = books(rows, 500);
    const auto series = [&](const char* name, double amount, fin::ledger::SeriesState state) {
        fin::ledger::RecurringSeries found;
        found.counterparty = result.ledger.counterparties.find(name);
        found.inflow = amount > 0;
        found.kind = amount > 0 ? Kind::revenue : Kind::opex;
        found.cadence = Cadence::monthly;
        found.state = state;
        found.median_amount = found.monthly_amount = Money::of(amount);
        for (std::uint32_t row = 0; row < result.ledger.size(); ++row)
            if (result.ledger.counterparty[row] == found.counterparty) found.rows.push_back(row);
        found.hits = static_cast<int>(found.rows.size());
        result.recurring.push_back(found);
    };
    using fin::ledger::SeriesState;
    series("Ann", 100, SeriesState::active);
    series("Bob", 50, SeriesState::ended);
    series("Cid", 30, SeriesState::active);
    series("Eve", 60, SeriesState::active);
    series("House", -80, SeriesState::active);
    return result;
}

}  // namespace

// R: 180, 180, 180, 130, 180, 220 = 1070, all but Zoe's 40 recurring.
TEST(Recurring, ShareAndMonthlySum) {
    const auto metrics = club().metrics();
    expect(get(metrics, "recurring_share", "all"), 1030.0 / 1070);
    expect(get(metrics, "recurring_share", "T3"), 490.0 / 530);
    expect(get(metrics, "mrr_proxy", "all"), 190);  // Ann 100, Cid 30 (median), Eve 60
    EXPECT_EQ(input(get(metrics, "mrr_proxy", "all"), "series").value, 3);
    expect(get(metrics, "fixed_cost_ratio", "all"), 0.8);
}

// At the end of March 180 a month; of it Bob's 50 are lost, Cid's 30 became 20, Eve's 60 are new: 180 in June.
TEST(Recurring, ChurnAndRetentionOverT3) {
    const auto metrics = club().metrics();
    const auto churn = get(metrics, "revenue_churn_proxy", "T3");
    expect(churn, 60.0 / 180);
    EXPECT_EQ(input(churn, "lost").value, 50);
    EXPECT_EQ(input(churn, "contracted").value, 10);
    EXPECT_EQ(input(churn, "new").value, 60);
    expect(get(metrics, "nrr_proxy", "T3"), 120.0 / 180);
    expect(get(metrics, "revenue_churn_proxy", "T12"), Status::insufficient_data);
    expect(get(metrics, "burn_multiple", "T3"), Status::not_applicable);  // earning, not burning
}

// With wages of 100 a month T3 burns 530 - 300 - 300 = -70; MRR went from 180 to 180.
TEST(Recurring, BurningWithoutGrowthIsInfinite) {
    Books ledger = club();
    for (auto& month : ledger.monthly.months) month.by_kind[static_cast<std::size_t>(Kind::payroll)] = Money::of(-100);
    const auto multiple = get(ledger.metrics(), "burn_multiple", "T3");
    expect(multiple, Status::infinite);
    EXPECT_EQ(multiple.reason, "burning without growth of recurring revenue");
    // Without Bob's 50 at the start MRR grew by 50: 70 / (12 * 50).
    ledger.recurring.erase(ledger.recurring.begin() + 1);
    expect(get(ledger.metrics(), "burn_multiple", "T3"), 70.0 / 600);
}

TEST(Recurring, NothingRecurring) {
    Books ledger = club();
    ledger.recurring.clear();
    const auto metrics = ledger.metrics();
    expect(get(metrics, "recurring_share", "all"), 0);
    expect(get(metrics, "mrr_proxy", "all"), 0);
    expect(get(metrics, "revenue_churn_proxy", "T3"), Status::not_applicable);
    expect(get(metrics, "nrr_proxy", "T3"), Status::not_applicable);
}

TEST(Recurring, TwoMonthsAreTooFewToKnow) {
    const auto metrics =
        books({{on(2024, 1, 31), 5, Kind::revenue, "fees", "Ann"}, {on(2024, 2, 29), 5, Kind::revenue, "fees", "Ann"}})
            .metrics();
    for (const char* metric : {"recurring_share", "mrr_proxy"})
        expect(get(metrics, metric, "all"), Status::insufficient_data);
    for (const char* metric : {"breakeven_revenue", "margin_of_safety", "fixed_cost_ratio", "revenue_cv"})
        expect(get(metrics, metric, "all"), Status::insufficient_data);
}

// Fixed 480, variable 120 of 1070: 480 / (1 - 120 / 1070).
TEST(Efficiency, BreakEven) {
    const auto metrics = club().metrics();
    const double breakeven = 480 / (1 - 120.0 / 1070);
    expect(get(metrics, "breakeven_revenue", "all"), breakeven);
    expect(get(metrics, "margin_of_safety", "all"), (1070 - breakeven) / 1070);
    EXPECT_EQ(input(get(metrics, "breakeven_revenue", "all"), "fixed").value, 480);
}

TEST(Efficiency, VariableCostsBeyondRevenueHaveNoBreakEven) {
    Books ledger = club();
    for (auto& month : ledger.monthly.months) month.by_kind[static_cast<std::size_t>(Kind::cogs)] = Money::of(-500);
    expect(get(ledger.metrics(), "breakeven_revenue", "all"), Status::infinite);
    expect(get(ledger.metrics(), "margin_of_safety", "all"), Status::infinite);
}

TEST(Efficiency, ConversionOfALedgerOfPaymentsIsNotApplicable) {
    expect(get(club().metrics(), "operating_cash_conversion", "all"), Status::not_applicable);
}

// Operating profit 1070 - 600 = 470; loan of 900 taken, 100 repaid, interest 40 paid and 5 received.
TEST(Efficiency, DebtServiceCoverage) {
    expect(get(club().metrics(), "debt_service_coverage", "all"), Status::not_applicable);
    std::vector<Entry> rows = {{on(2024, 1, 5), 470, Kind::revenue, "s", "a"},
                               {on(2024, 1, 6), 900, Kind::debt, "loan", "Bank"},
                               {on(2024, 1, 20), -100, Kind::debt, "loan", "Bank"},
                               {on(2024, 1, 21), -40, Kind::interest, "interest", "Bank"},
                               {on(2024, 1, 31), 5, Kind::interest, "interest", "Bank"}};
    expect(get(books(rows).metrics(), "debt_service_coverage", "all"), 470.0 / 140);
}

// Twelve months from 100 growing by 10 % a month without costs: 1.1^12 - 1 = 213.8 % and a margin of 100 %.
TEST(Efficiency, RuleOf40OfAYoungCompanyTakesMonthlyGrowth) {
    std::vector<Entry> rows;
    for (int i = 0; i < 12; ++i)
        rows.push_back({fin::ledger::last_day(2024 * 12 + i), 1000 * std::pow(1.1, i), Kind::revenue, "s", "a"});
    const auto rule = get(books(rows).metrics(), "rule_of_40", "T12");
    ASSERT_TRUE(rule.value);
    EXPECT_NEAR(*rule.value, 100 * (std::pow(1.1, 12) - 1) + 100, 1e-3);
    EXPECT_EQ(rule.status, Status::estimated);
}

// Net cash flows -1000 (January), 0 (February), 1100 (March 31, 60 days later).
TEST(Returns, OfMonthlyCashFlows) {
    const auto metrics = books({{on(2024, 1, 31), -1000, Kind::capex, "shop", "a"},
                                {on(2024, 3, 31), 1100, Kind::revenue, "sales", "b"}})
                             .metrics();
    expect(get(metrics, "xirr", "all"), std::pow(1.1, 365.0 / 60) - 1);
    expect(get(metrics, "irr", "all"), std::pow(1.1, 6) - 1);
    EXPECT_NEAR(input(get(metrics, "irr", "all"), "monthly_rate").value, std::sqrt(1.1) - 1, 1e-12);
    expect(get(metrics, "npv", "all"), -1000 + 1100 * std::pow(1.1, -60.0 / 365));
    EXPECT_EQ(input(get(metrics, "npv", "all"), "rate").value, 0.1);
    EXPECT_EQ(input(get(metrics, "npv", "all"), "valued_on").text, "2024-01-31");
}

TEST(Returns, SayWhenThereAreSeveralOrNone) {
    const auto several = books({{on(2024, 1, 31), -1600, Kind::capex, "shop", "a"},
                                {on(2024, 2, 29), 10000, Kind::revenue, "sales", "b"},
                                {on(2024, 3, 31), -10000, Kind::opex, "closing", "c"}})
                             .metrics();
    const auto irr = get(several, "irr", "all");
    expect(irr, std::pow(1.25, 12) - 1, Status::estimated);
    EXPECT_NE(irr.reason.find("2 rates"), std::string::npos);
    EXPECT_NEAR(input(irr, "root_2").value / (std::pow(5, 12) - 1), 1, 1e-9);
    const auto none = get(club().metrics(), "irr", "all");
    expect(none, Status::undefined);
    EXPECT_EQ(none.reason, "cash flows do not change sign");
}

// R of the club: mean 1070 / 6, squared distances 3 * 1.667^2 + 48.33^2 + 1.667^2 + 41.67^2.
TEST(Variability, OfRevenue) {
    const double mean = 1070.0 / 6;
    double squares = 0;
    for (const double revenue : {180, 180, 180, 130, 180, 220}) squares += (revenue - mean) * (revenue - mean);
    const auto metrics = club().metrics();
    expect(get(metrics, "revenue_cv", "all"), std::sqrt(squares / 5) / mean);
    expect(get(metrics, "seasonality_strength", "all"), Status::insufficient_data);
    expect(get(metrics, "trend_strength", "all"), Status::insufficient_data);
}

TEST(Variability, StrengthsTellASeasonFromATrend) {
    const auto strengths = [](auto revenue_of, int months) {
        std::vector<Entry> rows;
        for (int i = 0; i < months; ++i)
            rows.push_back({fin::ledger::last_day(2020 * 12 + i), revenue_of(i), Kind::revenue, "s", "a"});
        return books(rows).metrics();
    };
    const auto season = strengths([](int i) { return i % 12 == 11 ? 900.0 + i : 300.0 - i % 3; }, 48);
    EXPECT_GT(*get(season, "seasonality_strength", "all").value, 0.95);
    const auto trend = strengths([](int i) { return 100.0 + 10 * i + i % 3; }, 48);
    EXPECT_GT(*get(trend, "trend_strength", "all").value, 0.99);
    const auto young = strengths([](int i) { return 100.0 + 10 * i + i % 3; }, 14);
    EXPECT_GT(*get(young, "trend_strength", "all").value, 0.9);
    EXPECT_EQ(input(get(young, "trend_strength", "all"), "method").text, "loess");
    expect(get(young, "seasonality_strength", "all"), Status::insufficient_data);
    const auto flat = strengths([](int) { return 100.0; }, 30);
    expect(get(flat, "seasonality_strength", "all"), Status::undefined);
}

TEST(Quality, OfTheData) {
    Books ledger = books({{on(2024, 1, 5), 300, Kind::revenue, "sales", "Ann"},
                          {on(2024, 1, 9), -60, Kind::opex, "", "Shop"},
                          {on(2024, 1, 12), -60, Kind::opex, "paper", "Shop"},  // again after 3 days
                          {on(2024, 1, 20), -60, Kind::opex, "paper", "Shop"},  // 8 days: no candidate
                          {on(2024, 4, 30), 20, Kind::other, "Uncategorized", "x"}});
    auto metrics = ledger.metrics();
    expect(get(metrics, "uncategorised_share", "all"), 80.0 / 500);
    EXPECT_EQ(input(get(metrics, "uncategorised_share", "all"), "rows").value, 2);
    expect(get(metrics, "duplicate_candidates", "all"), 1);
    expect(get(metrics, "months_covered", "all"), 2);
    EXPECT_EQ(input(get(metrics, "months_covered", "all"), "missing").value, 2);
    expect(get(metrics, "reconciliation_gap", "all"), Status::not_applicable);
    ledger.ledger.balance_gap = Money::of(12.5);
    expect(get(ledger.metrics(), "reconciliation_gap", "all"), 12.5);
}

// Thirty coffees at the same price are a habit, not thirty mistakes.
TEST(Quality, AHabitOfEqualPaymentsIsNoDuplicate) {
    std::vector<Entry> rows;
    for (unsigned day = 1; day <= 30; ++day) rows.push_back({on(2024, 1, day), -3, Kind::opex, "food", "Cafe"});
    rows.push_back({on(2024, 1, 31), 9, Kind::revenue, "s", "a"});
    expect(get(books(rows).metrics(), "duplicate_candidates", "all"), 0);
}

// Against the definition, pair by pair: rows of random days with few amounts, gaps of any length between them.
TEST(Quality, CountsRepeatsAsDefined) {
    std::mt19937 random(5);
    for (int round = 0; round < 40; ++round) {
        std::vector<Entry> rows;
        fin::ledger::Day day = on(2023, 12, 25) + round;
        for (int i = 0; i < 400; ++i) {
            day += static_cast<int>(random() % 12 == 0 ? random() % 9 : random() % 2);
            rows.push_back(
                {day, -1.0 - static_cast<double>(random() % 60), Kind::opex, "c", "s" + std::to_string(random() % 12)});
        }
        const Books ledger = books(rows);
        std::map<std::string, std::pair<int, int>> habits;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto& [count, repeats] = habits[rows[i].counterparty];
            ++count;
            bool repeat = false;
            for (std::size_t j = 0; j < i; ++j)
                repeat |= rows[j].counterparty == rows[i].counterparty && rows[j].amount == rows[i].amount &&
                          rows[i].day - rows[j].day <= 4;
            repeats += repeat;
        }
        int expected = 0;
        for (const auto& [name, habit] : habits)
            if (habit.second <= 2 || habit.second * 10 <= habit.first) expected += habit.second;
        expect(get(ledger.metrics(), "duplicate_candidates", "all"), expected);
    }
}
