// Months: sums, cash, holes, the last month, spans.
#include "ledger/monthly.hpp"

#include "error.hpp"
#include "ledger/kinds.hpp"
#include "rows.hpp"

using namespace fin::ledger;
using test::ledger_of;
using test::Line;

namespace {

Monthly months_of(const std::vector<Line>& lines) {
    auto ledger = ledger_of(lines);
    assign_kinds(ledger);
    return by_month(ledger);
}

// Ten rows a month from the 1st to the 28th, over the given months of 2023 and on.
std::vector<Line> busy(int months) {
    std::vector<Line> lines;
    for (int m = 0; m < months; ++m)
        for (unsigned i = 0; i < 10; ++i)
            lines.push_back({first_day(2023 * 12 + m) + static_cast<Day>(3 * i), -1, "Software", "a"});
    return lines;
}

}  // namespace

TEST(Flows, DeriveTheFiguresOfTheTaxonomy) {
    Flows flows;
    const auto set = [&](Kind kind, double amount) {
        flows.by_kind[static_cast<std::size_t>(kind)] = Money::of(amount);
    };
    set(Kind::revenue, 1000), set(Kind::refund, -50), set(Kind::cogs, -200), set(Kind::opex, -100);
    set(Kind::payroll, -300), set(Kind::tax, -40), set(Kind::interest, -10), set(Kind::capex, -60);
    set(Kind::debt, -70), set(Kind::equity, 500), set(Kind::transfer, -999), set(Kind::other, 5);
    EXPECT_EQ(flows.revenue().text(), "950.00");
    EXPECT_EQ(flows.expenses().text(), "600.00");
    EXPECT_EQ(flows.operating_profit().text(), "350.00");
    EXPECT_EQ(flows.net_profit().text(), "300.00");
    EXPECT_EQ(flows.net_cash_flow().text(), "675.00");  // everything but the transfer
    EXPECT_EQ(flows.burn_flow().text(), "-245.00");     // 675 without 500 of equity and -70 of principal, negated
}

TEST(ByMonth, KeepsMonthsWithoutRowsAndCash) {
    Builder builder({}, {}, Money::of(100));
    test::add(builder, {day_of(2024, 1, 31), 10, "Sales", "a"}, 1);
    test::add(builder, {day_of(2024, 2, 1), -3, "Internal transfer", "a"}, 2);
    test::add(builder, {day_of(2024, 5, 31), -7, "Software", "a"}, 3);
    auto ledger = builder.build().ledger;
    assign_kinds(ledger);
    const auto monthly = by_month(ledger);
    ASSERT_EQ(monthly.months.size(), 5U);
    EXPECT_EQ(month_text(monthly.first), "2024-01");
    EXPECT_EQ(monthly.months[2].rows, 0);
    EXPECT_EQ(monthly.months[3].net_cash_flow().units, 0);
    std::vector<std::string> cash;
    for (const Money money : monthly.cash) cash.push_back(money.text());
    EXPECT_EQ(cash, (std::vector<std::string>{"110.00", "107.00", "107.00", "107.00", "100.00"}));
    EXPECT_EQ(monthly.sum(0, 100000).revenue().text(), "10.00");
    EXPECT_EQ(monthly.sum(0, 100000).rows, 3);
    EXPECT_EQ(monthly.sum(monthly.first + 1, monthly.first).rows, 0);
}

TEST(ByMonth, TakesTheLastMonthForCompleteAtItsLastDay) {
    EXPECT_EQ(months_of({{day_of(2024, 2, 29), 1, "Sales", "a"}}).complete, 1);
    EXPECT_EQ(months_of({{day_of(2023, 2, 27), 1, "Sales", "a"}}).complete, 0);
}

TEST(ByMonth, TakesTheLastMonthForCompleteAtItsUsualActivity) {
    auto lines = busy(8);  // last bookings on the 28th
    EXPECT_EQ(months_of(lines).complete, 8);
    auto cut = lines;
    cut.resize(cut.size() - 1);  // last booking on the 25th, earlier than ever
    EXPECT_EQ(months_of(cut).complete, 7);
    auto sparse = lines;
    sparse.erase(sparse.end() - 6, sparse.end() - 1);  // to the 28th, but half the rows
    EXPECT_EQ(months_of(sparse).complete, 7);
    auto enough = lines;
    enough.erase(enough.end() - 5, enough.end() - 1);  // six of ten rows
    EXPECT_EQ(months_of(enough).complete, 8);
}

TEST(ByMonth, RefusesCenturies) {
    EXPECT_THROW(months_of({{day_of(1800, 1, 1), 1, "", ""}, {day_of(2024, 1, 1), 1, "", ""}}), fin::Error);
    EXPECT_EQ(months_of({{day_of(1900, 1, 1), 1, "", ""}, {day_of(2024, 1, 31), 1, "", ""}}).months.size(), 1489U);
    EXPECT_TRUE(months_of({}).months.empty());
}

TEST(Spans, CountCompleteMonthsOnly) {
    auto lines = busy(20);
    lines.push_back({day_of(2024, 9, 2), -1, "Software", "a"});  // month 21 has begun
    const auto monthly = months_of(lines);
    ASSERT_EQ(monthly.complete, 20);
    EXPECT_EQ(month_text(trailing(monthly, 3).from), "2024-06");
    EXPECT_EQ(month_text(trailing(monthly, 3).to), "2024-08");
    EXPECT_EQ(trailing(monthly, 99).n(), 20);
    EXPECT_EQ(month_text(before_t3(monthly).from), "2023-06");
    EXPECT_EQ(month_text(before_t3(monthly).to), "2024-05");
    EXPECT_EQ(before_t3(monthly).n(), 12);
    const auto few = months_of(busy(4));
    EXPECT_EQ(before_t3(few).n(), 1);
    EXPECT_EQ(before_t3(months_of(busy(3))).n(), 0);
    EXPECT_EQ(before_t3(months_of(busy(2))).n(), 0);
    EXPECT_EQ(trailing(months_of({}), 3).n(), 0);
}
