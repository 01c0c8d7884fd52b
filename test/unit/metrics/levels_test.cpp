// Levels, margins, cash and growth on a ledger small enough to check by hand.
#include "small_ledger.hpp"

using namespace fin::metrics;
using namespace fin::metrics::test;
using fin::ledger::Kind;

namespace {

// Four complete months of 2024, opening balance 1000.
//           Jan   Feb   Mar   Apr
// sales     500   600   400   300      Ann, April also Bob 100 -> R 400
// refund      0   -50     0     0
// goods    -200  -220  -180  -150      cogs
// rent     -100  -100  -100  -100      opex
// wages    -250  -250  -250  -250      payroll
// tax         0   -30     0     0
// interest    0     0   -12     0
// machine     0     0  -400     0      capex
// loan      600     0     0   -50      debt
std::vector<Entry> entries() {
    return {{on(2024, 1, 2), 600, Kind::debt, "loan", "Bank"},
            {on(2024, 1, 10), 500, Kind::revenue, "sales", "Ann"},
            {on(2024, 1, 15), -200, Kind::cogs, "goods", "Mill"},
            {on(2024, 1, 20), -100, Kind::opex, "rent", "House"},
            {on(2024, 1, 31), -250, Kind::payroll, "wages", "Staff"},
            {on(2024, 2, 10), 600, Kind::revenue, "sales", "Ann"},
            {on(2024, 2, 11), -50, Kind::refund, "sales", "Ann"},
            {on(2024, 2, 15), -220, Kind::cogs, "goods", "Mill"},
            {on(2024, 2, 20), -100, Kind::opex, "rent", "House"},
            {on(2024, 2, 25), -30, Kind::tax, "vat", "State"},
            {on(2024, 2, 29), -250, Kind::payroll, "wages", "Staff"},
            {on(2024, 3, 10), 400, Kind::revenue, "sales", "Ann"},
            {on(2024, 3, 12), -400, Kind::capex, "machine", "Maker"},
            {on(2024, 3, 15), -180, Kind::cogs, "goods", "Mill"},
            {on(2024, 3, 20), -100, Kind::opex, "rent", "House"},
            {on(2024, 3, 25), -12, Kind::interest, "interest", "Bank"},
            {on(2024, 3, 31), -250, Kind::payroll, "wages", "Staff"},
            {on(2024, 4, 10), 300, Kind::revenue, "sales", "Ann"},
            {on(2024, 4, 11), 100, Kind::revenue, "sales", "Bob"},
            {on(2024, 4, 15), -150, Kind::cogs, "goods", "Mill"},
            {on(2024, 4, 16), -50, Kind::debt, "loan", "Bank"},
            {on(2024, 4, 20), -100, Kind::opex, "rent", "House"},
            {on(2024, 4, 30), -250, Kind::payroll, "wages", "Staff"}};
}

}  // namespace

// R = 500 + 550 + 400 + 400 = 1850; goods 750; E = 750 + 400 + 1000 = 2150.
TEST(Levels, OfAllCompleteMonths) {
    const auto metrics = books(entries(), 1000).metrics();
    expect(get(metrics, "revenue", "all"), 1850);
    EXPECT_EQ(input(get(metrics, "revenue", "all"), "refunds").value, 50);
    EXPECT_EQ(input(get(metrics, "revenue", "all"), "from").text, "2024-01");
    EXPECT_EQ(input(get(metrics, "revenue", "all"), "to").text, "2024-04");
    EXPECT_EQ(get(metrics, "revenue", "all").n, 4);
    expect(get(metrics, "expenses", "all"), 2150);
    expect(get(metrics, "gross_profit", "all"), 1100);
    expect(get(metrics, "gross_margin", "all"), 1100.0 / 1850);
    expect(get(metrics, "operating_profit", "all"), -300);
    expect(get(metrics, "operating_margin", "all"), -300.0 / 1850);
    expect(get(metrics, "net_profit", "all"), -342);
    expect(get(metrics, "net_margin", "all"), -342.0 / 1850);
    // -342 - 400 + 600 - 50
    expect(get(metrics, "net_cash_flow", "all"), -192);
}

TEST(Levels, OfSpansAndMonths) {
    const auto metrics = books(entries(), 1000).metrics();
    expect(get(metrics, "revenue", "T3"), 1350);
    expect(get(metrics, "revenue", "P12"), 500);
    EXPECT_EQ(get(metrics, "revenue", "P12").n, 1);
    expect(get(metrics, "revenue", "2024-02"), 550);
    expect(get(metrics, "net_profit", "2024-03"), 400 - 530 - 12);
    expect(get(metrics, "operating_margin", "2024-04"), -100.0 / 400);
    expect(get(metrics, "tx_count", "2024-02"), 6);
    EXPECT_EQ(get(metrics, "tx_count", "2024-02").n, 6);
}

// T12 of four months is their sum, and says that it is no year.
TEST(Levels, OfASpanThatIsShorterThanItsNameAreEstimated) {
    const auto revenue = get(books(entries()).metrics(), "revenue", "T12");
    expect(revenue, 1850, Status::estimated);
    EXPECT_EQ(revenue.reason, "only 4 of 12 months");
    EXPECT_EQ(revenue.n, 4);
}

TEST(Levels, GrossProfitNeedsACategoryOfCogs) {
    auto rows = entries();
    std::erase_if(rows, [](const Entry& entry) { return entry.kind == Kind::cogs; });
    const auto metrics = books(rows).metrics();
    expect(get(metrics, "gross_profit", "all"), Status::not_applicable);
    expect(get(metrics, "gross_margin", "2024-02"), Status::not_applicable);
}

TEST(Levels, MarginsOfNoRevenueAreUndefined) {
    auto rows = entries();
    std::erase_if(rows, [](const Entry& entry) { return entry.kind == Kind::revenue && entry.day > on(2024, 4, 1); });
    rows.push_back({on(2024, 4, 12), -5, Kind::refund, "sales", "Ann"});
    const auto metrics = books(rows, 1000, 4).metrics();
    expect(get(metrics, "revenue", "2024-04"), -5);
    for (const char* metric : {"gross_margin", "operating_margin", "net_margin", "payroll_ratio"}) {
        expect(get(metrics, metric, "2024-04"), Status::undefined);
        EXPECT_EQ(get(metrics, metric, "2024-04").reason, "revenue is negative");
    }
}

TEST(Levels, NoFigureIsMinusZero) {
    for (const auto& metric : books(entries()).metrics()) {
        EXPECT_FALSE(metric.value == 0 && std::signbit(*metric.value)) << metric.metric << " " << metric.period;
        for (const auto& input : metric.inputs)
            EXPECT_FALSE(input.value == 0 && std::signbit(input.value)) << metric.metric << " " << input.name;
    }
}

TEST(Levels, ReversalsReduceExpenses) {
    auto rows = entries();
    rows.push_back({on(2024, 2, 27), 20, Kind::opex, "rent", "House"});
    expect(get(books(rows).metrics(), "expenses", "2024-02"), 550);
}

TEST(Levels, TransfersThatDoNotCancelOutMakeCashFlowAnEstimate) {
    auto rows = entries();
    rows.push_back({on(2024, 2, 26), -70, Kind::transfer, "to savings", "Bank"});
    auto metrics = books(rows, 1000).metrics();
    expect(get(metrics, "net_cash_flow", "2024-02"), -50, Status::estimated);
    EXPECT_EQ(input(get(metrics, "net_cash_flow", "2024-02"), "change_of_cash").value, -120);
    expect(get(metrics, "net_cash_flow", "2024-03"), -542);
    rows.push_back({on(2024, 2, 27), 70, Kind::transfer, "to savings", "Bank"});
    metrics = books(rows, 1000).metrics();
    expect(get(metrics, "net_cash_flow", "2024-02"), -50);
}

TEST(Levels, TheIncompleteMonthIsNamedAndLeftOut) {
    auto rows = entries();
    rows.push_back({on(2024, 5, 2), 9999, Kind::revenue, "sales", "Ann"});
    const auto metrics = books(rows, 1000).metrics();
    expect(get(metrics, "revenue", "all"), 1850);
    expect(get(metrics, "revenue", "2024-05"), Status::insufficient_data);
    EXPECT_EQ(get(metrics, "revenue", "2024-05").reason, "the month is not complete");
    EXPECT_EQ(get(metrics, "revenue", "2024-05").n, 0);
    // Cash is what it is today, with every row.
    expect(get(metrics, "cash_balance", "all"), 1000 - 192 + 9999);
}

TEST(Levels, AnEmptyLedgerAndOneWithoutACompleteMonthSayWhatIsMissing) {
    for (const auto& metric : books({}).metrics()) {
        EXPECT_FALSE(metric.value) << metric.metric;
        EXPECT_FALSE(metric.reason.empty()) << metric.metric;
    }
    const auto metrics = books({{on(2024, 5, 2), 10, Kind::revenue, "sales", "Ann"}}, 5).metrics();
    expect(get(metrics, "revenue", "all"), Status::insufficient_data);
    expect(get(metrics, "runway", "T3"), Status::insufficient_data);
    expect(get(metrics, "cash_balance", "all"), 15);
    expect(get(metrics, "months_covered", "all"), 1);
}

// E + tax + capex of Feb, Mar, Apr: 600, 930, 500 -> 600.
// Minus net cash flow without the loan: Feb 50, Mar 542, Apr 100 -> 100. Cash 808.
TEST(Cash, BurnAndRunway) {
    const auto metrics = books(entries(), 1000).metrics();
    expect(get(metrics, "gross_burn", "T3"), 600);
    expect(get(metrics, "net_burn", "T3"), 100);
    expect(get(metrics, "cash_balance", "all"), 808);
    EXPECT_EQ(input(get(metrics, "cash_balance", "all"), "date").text, "2024-04-30");
    expect(get(metrics, "cash_balance", "2024-01"), 1550);
    expect(get(metrics, "runway", "T3"), 8.08);
    expect(get(metrics, "runway_gross", "T3"), 808.0 / 600);
    expect(get(metrics, "zero_cash_date", "all"), Status::not_available);
    // E of T3 is 570 + 530 + 500 = 1600 over 29 + 31 + 30 days.
    expect(get(metrics, "days_cash_on_hand", "T3"), 808 / (1600.0 / 90));
}

// Ends of days from 1000: 1600 2100 1900 1800 1550 | 2150 2100 1880 1780 1750 1500 | 1900 1500 1320 1220 1208 958 |
// 1258 1358 1208 1158 1058 808.
TEST(Cash, MinimumAndDrawdown) {
    const auto metrics = books(entries(), 1000).metrics();
    const auto least = get(metrics, "min_balance", "all");
    expect(least, 808);
    EXPECT_EQ(input(least, "date").text, "2024-04-30");
    const auto fall = get(metrics, "max_drawdown", "all");
    expect(fall, 2150 - 808);
    EXPECT_EQ(input(fall, "peak_date").text, "2024-02-10");
    EXPECT_EQ(input(fall, "trough_date").text, "2024-04-30");
    expect(get(metrics, "max_drawdown_ratio", "all"), 1342.0 / 2150);
}

TEST(Cash, WithoutAnOpeningBalanceIsRelative) {
    const auto metrics = books(entries()).metrics();
    expect(get(metrics, "cash_balance", "all"), -192, Status::estimated);
    expect(get(metrics, "min_balance", "all"), -192, Status::estimated);
    expect(get(metrics, "max_drawdown", "all"), 1342);
    expect(get(metrics, "max_drawdown_ratio", "all"), 1342.0 / 1150, Status::estimated);
    expect(get(metrics, "runway", "T3"), 0, Status::estimated);
}

TEST(Cash, ExhaustedComesBeforeNotBurning) {
    std::vector<Entry> rows;
    for (unsigned month = 1; month <= 3; ++month)
        rows.push_back({on(2024, month, 31 - (month == 2) * 2), 10, Kind::revenue, "sales", "Ann"});
    const auto broke = books(rows, -500).metrics();
    expect(get(broke, "runway", "T3"), 0);
    EXPECT_EQ(get(broke, "runway", "T3").reason, "exhausted");
    const auto earning = books(rows, 500).metrics();
    expect(get(earning, "net_burn", "T3"), -10);
    EXPECT_EQ(input(get(earning, "net_burn", "T3"), "not_burning").text, "true");
    expect(get(earning, "runway", "T3"), Status::infinite);
    EXPECT_EQ(get(earning, "runway", "T3").reason, "not burning");
    expect(get(earning, "days_cash_on_hand", "all"), Status::infinite);
}

TEST(Cash, BurnOfOneOrTwoMonthsIsEstimated) {
    const auto metrics =
        books({{on(2024, 1, 31), -30, Kind::opex, "rent", "a"}, {on(2024, 2, 29), -50, Kind::opex, "rent", "a"}}, 400)
            .metrics();
    expect(get(metrics, "net_burn", "T3"), 40, Status::estimated);
    expect(get(metrics, "runway", "T3"), 8, Status::estimated);
    EXPECT_EQ(get(metrics, "runway", "T3").reason, "only 2 of 3 months");
}

TEST(Growth, FromMonthToMonth) {
    const auto metrics = books(entries()).metrics();
    expect(get(metrics, "mom_growth", "2024-01"), Status::insufficient_data);
    expect(get(metrics, "mom_growth", "2024-02"), 0.1);
    EXPECT_EQ(input(get(metrics, "mom_growth", "2024-02"), "delta").value, 50);
    expect(get(metrics, "yoy_growth", "2024-04"), Status::insufficient_data);
    expect(get(metrics, "yoy_growth", "T12"), Status::insufficient_data);
    expect(get(metrics, "cagr", "all"), Status::insufficient_data);
    // 500 -> 400 in three months.
    expect(get(metrics, "cmgr", "all"), std::pow(0.8, 1.0 / 3) - 1);
    // Slopes of 500, 550, 400, 400: 50, -50, -100/3, -150, -75, 0; median (-50 - 100/3) / 2; mean 462.5.
    expect(get(metrics, "trend_slope", "all"), (-50 - 100.0 / 3) / 2 / 462.5);
}

// 36 months of 100, 110, ... 450: sums of years 1860, 3300, 4740.
TEST(Growth, FromYearToYear) {
    std::vector<Entry> rows;
    for (int i = 0; i < 36; ++i)
        rows.push_back({fin::ledger::last_day(2021 * 12 + i), 100.0 + 10 * i, Kind::revenue, "sales", "Ann"});
    const auto metrics = books(rows).metrics();
    expect(get(metrics, "yoy_growth", "T12"), 4740.0 / 3300 - 1);
    expect(get(metrics, "yoy_growth", "T3"), (430 + 440 + 450.0) / (310 + 320 + 330.0) - 1);
    expect(get(metrics, "yoy_growth", "2022-01"), 220.0 / 100 - 1);
    expect(get(metrics, "cagr", "all"), std::sqrt(4740.0 / 1860) - 1);
    expect(get(metrics, "cmgr", "T12"), std::pow(450.0 / 340, 1.0 / 11) - 1);
    expect(get(metrics, "trend_slope", "T12"), 10.0 / 395);
    expect(get(metrics, "trend_strength", "all"), 1);
    // Growth 43.6 % and an operating margin of 100 %.
    expect(get(metrics, "rule_of_40", "T12"), 100 * (4740.0 / 3300 - 1) + 100);
}

TEST(Growth, OnAnEmptyOrNegativeBaseIsUndefined) {
    const auto metrics = books({{on(2024, 1, 31), -5, Kind::refund, "sales", "a"},
                                {on(2024, 3, 20), 7, Kind::revenue, "sales", "a"},
                                {on(2024, 3, 31), 1, Kind::revenue, "sales", "a"}})
                             .metrics();
    expect(get(metrics, "mom_growth", "2024-02"), Status::undefined);
    EXPECT_EQ(get(metrics, "mom_growth", "2024-02").reason, "the base is negative");
    EXPECT_EQ(get(metrics, "mom_growth", "2024-03").reason, "the base is zero: new, not grown");
    expect(get(metrics, "cmgr", "all"), Status::undefined);
    expect(get(metrics, "trend_slope", "all"), Status::insufficient_data);
}
