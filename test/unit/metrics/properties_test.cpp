// What must hold for any ledger: order and unit of money do not matter, rows are in order, figures add up.
#include <random>
#include <set>

#include "ledger/recurring.hpp"
#include "small_ledger.hpp"

using namespace fin::metrics;
using namespace fin::metrics::test;
using fin::ledger::Kind;

namespace {

// 30 months of sales, costs, wages and odd rows; amounts in whole units so that a scaled ledger has exact cents.
std::vector<Entry> business(double scale, unsigned seed) {
    std::mt19937 random(seed);
    const auto amount = [&](int up_to) {
        return scale * static_cast<double>(1 + random() % static_cast<unsigned>(up_to));
    };
    std::vector<Entry> rows;
    for (int month = 2021 * 12; month < 2021 * 12 + 30; ++month) {
        const auto day = [&](int d) { return fin::ledger::first_day(month) + d; };
        for (int i = 0; i < 12; ++i)
            rows.push_back({day(2 * i), amount(900), Kind::revenue, "sales", "p" + std::to_string(random() % 20)});
        rows.push_back({day(9), -amount(40), Kind::refund, "sales", "p" + std::to_string(random() % 20)});
        rows.push_back({day(4), -800 * scale, Kind::opex, "rent", "House"});
        rows.push_back({day(12), -amount(2000), Kind::cogs, "goods", "s" + std::to_string(random() % 4)});
        rows.push_back({day(24), -1500 * scale, Kind::payroll, "wages", "Staff"});
        rows.push_back({day(25), -amount(200), Kind::tax, "tax", "State"});
        rows.push_back({day(26), random() % 2 ? amount(300) : -amount(300), Kind::debt, "loan", "Bank"});
        rows.push_back({fin::ledger::last_day(month), -amount(30), Kind::interest, "interest", "Bank"});
    }
    return rows;
}

Books prepared(const std::vector<Entry>& rows, double opening) {
    Books result = books(rows, opening);
    result.recurring = fin::ledger::find_recurring(result.ledger);
    return result;
}

}  // namespace

TEST(MetricsProperties, RatiosDoNotDependOnTheUnitOfMoney) {
    const auto one = prepared(business(1, 7), 5000).metrics(), thousand = prepared(business(1000, 7), 5e6).metrics();
    ASSERT_EQ(one.size(), thousand.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        const std::string where = one[i].metric + " " + one[i].period;
        EXPECT_EQ(where, thousand[i].metric + " " + thousand[i].period);
        EXPECT_EQ(one[i].status, thousand[i].status) << where;
        ASSERT_EQ(one[i].value.has_value(), thousand[i].value.has_value()) << where;
        if (!one[i].value) continue;
        const double factor = one[i].unit.starts_with("money") ? 1000 : 1, expected = *one[i].value * factor;
        EXPECT_NEAR(*thousand[i].value, expected, 1e-7 * std::max(1.0, std::abs(expected))) << where;
    }
}

TEST(MetricsProperties, TheOrderOfRowsOfADayDoesNotMatter) {
    auto rows = business(1, 11);
    const auto expected = prepared(rows, 100).metrics();
    std::ranges::reverse(rows);
    const auto reversed = prepared(rows, 100).metrics();
    ASSERT_EQ(expected.size(), reversed.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(expected[i].metric, reversed[i].metric);
        EXPECT_EQ(expected[i].value, reversed[i].value) << expected[i].metric << " " << expected[i].period;
        EXPECT_EQ(expected[i].reason, reversed[i].reason);
    }
}

TEST(MetricsProperties, EveryFigureHasAValueOrAReason) {
    for (const Metric& metric : prepared(business(1, 3), 100).metrics()) {
        const std::string where = metric.metric + " " + metric.period;
        const bool figure = metric.status == Status::ok || metric.status == Status::estimated;
        EXPECT_EQ(metric.value.has_value(), figure) << where;
        EXPECT_TRUE(std::isfinite(metric.value.value_or(0))) << where;
        EXPECT_TRUE(metric.status == Status::ok || !metric.reason.empty()) << where;
    }
}

TEST(MetricsProperties, PeriodsFollowEachOtherAndRowsAreUnique) {
    const auto metrics = prepared(business(1, 3), 100).metrics();
    EXPECT_EQ(metrics.front().metric, "revenue");
    std::vector<std::string> periods;
    std::set<std::string> seen;
    for (const Metric& metric : metrics) {
        std::string key = metric.metric + " " + metric.period;
        for (const Input& input : metric.inputs)
            if (input.name == "category") key += " " + input.text;
        EXPECT_TRUE(seen.insert(key).second) << key;
        if (metric.metric == "revenue" && periods.size() < 7) periods.push_back(metric.period);
    }
    EXPECT_EQ(periods, (std::vector<std::string>{"all", "T3", "T6", "T12", "P12", "2021-01", "2021-02"}));
}

TEST(MetricsProperties, MonthsAddUpToTheWhole) {
    const auto metrics = prepared(business(1, 5), 100).metrics();
    for (const char* name : {"revenue", "expenses", "net_profit", "net_cash_flow", "tx_count"}) {
        double sum = 0;
        for (const Metric& metric : metrics)
            if (metric.metric == name && metric.period.size() == 7) sum += *metric.value;
        EXPECT_NEAR(sum, *get(metrics, name, "all").value, 1e-6) << name;
    }
    double shares = 0;
    for (const Metric& metric : metrics)
        if (metric.metric == "category_share" && metric.period == "all") shares += *metric.value;
    EXPECT_NEAR(shares, 1, 1e-12);
}

TEST(MetricsProperties, ACancelEndsTheComputation) {
    struct Stop {};
    const Books ledger = prepared(business(1, 5), 100);
    EXPECT_THROW(compute(ledger.facts(), [] { throw Stop{}; }), Stop);
}
