// Balance columns in the orders that files have them: as booked, newest first, in no order within a day.
#include "ledger/balances.hpp"

#include <algorithm>

using namespace fin::ledger;

namespace {

constexpr std::int64_t unit = Money::scale;

// Opening 100; per day: +50 and -30; +20, -60 and +5; -10.
struct Line {
    Day day;
    int amount, balance;
};
AccountRows rows(const std::vector<Line>& lines) {
    AccountRows account;
    for (const Line& line : lines) {
        account.day.push_back(line.day);
        account.amount.push_back(line.amount * unit);
        account.balance.push_back(line.balance * unit);
    }
    return account;
}

const std::vector<Line> booked = {{1, 50, 150}, {1, -30, 120}, {2, 20, 140}, {2, -60, 80}, {2, 5, 85}, {3, -10, 75}};

}  // namespace

TEST(Balances, AsBookedAndNewestFirst) {
    const auto forwards = reconcile(rows(booked));
    ASSERT_TRUE(forwards && forwards->opening);
    EXPECT_EQ(forwards->opening->text(), "100.00");
    EXPECT_EQ(forwards->gap.units, 0);
    const auto backwards =
        reconcile(rows({{1, -30, 120}, {1, 50, 150}, {2, 5, 85}, {2, -60, 80}, {2, 20, 140}, {3, -10, 75}}));
    ASSERT_TRUE(backwards && backwards->opening);
    EXPECT_EQ(backwards->opening->text(), "100.00");
    EXPECT_EQ(backwards->gap.units, 0);
}

TEST(Balances, NoOrderWithinADay) {
    // The first day newest first, the second in an order that is neither.
    const auto mixed =
        reconcile(rows({{1, -30, 120}, {1, 50, 150}, {2, 20, 140}, {2, 5, 85}, {2, -60, 80}, {3, -10, 75}}));
    ASSERT_TRUE(mixed && mixed->opening);
    EXPECT_EQ(mixed->opening->text(), "100.00");
    EXPECT_EQ(mixed->gap.units, 0);
}

TEST(Balances, ARowThatIsNotThereIsAGapInAnyOrder) {
    auto lacking = booked;
    lacking.erase(lacking.begin() + 3);  // -60
    EXPECT_EQ(reconcile(rows(lacking))->gap.text(), "60.00");
}

TEST(Balances, ARowThatIsNotThereIsAGapWhereDaysHaveNoOrderToo) {
    std::vector<Line> lines;
    int balance = 1000;
    for (Day day = 1; day <= 20; ++day) {
        std::vector<Line> of_day;
        for (const int amount : {7 * day, -3 * day, 11}) of_day.push_back({day, amount, balance += amount});
        std::rotate(of_day.begin(), of_day.begin() + day % 3, of_day.end());
        if (day % 2) std::swap(of_day[0], of_day[2]);
        lines.insert(lines.end(), of_day.begin(), of_day.end());
    }
    EXPECT_EQ(reconcile(rows(lines))->gap.units, 0);
    EXPECT_EQ(reconcile(rows(lines))->opening->text(), "1000.00");
    const auto row = std::find_if(lines.begin(), lines.end(), [](const Line& line) { return line.amount == -30; });
    ASSERT_NE(row, lines.end());
    lines.erase(row);
    EXPECT_EQ(reconcile(rows(lines))->gap.text(), "30.00");
}

TEST(Balances, RowsWithoutABalanceCount) {
    auto sparse = rows(booked);
    sparse.balance[1] = sparse.balance[4] = no_balance;
    EXPECT_EQ(reconcile(sparse)->gap.units, 0);
    sparse.balance.assign(sparse.balance.size(), no_balance);
    EXPECT_FALSE(reconcile(sparse));
}
