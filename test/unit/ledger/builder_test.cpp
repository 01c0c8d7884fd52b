// The builder: one currency, one order, one name for one counterparty, whatever order the rows come in.
#include "ledger/builder.hpp"

#include <algorithm>
#include <random>

#include "error.hpp"
#include "rows.hpp"

using namespace fin::ledger;
using test::add;
using test::ledger_of;
using test::Line;

namespace {

constexpr Day day0 = day_of(2024, 1, 1);

std::string described(const Ledger& ledger) {
    std::string text = ledger.currency;
    for (std::size_t i = 0; i < ledger.size(); ++i)
        text += "|" + std::to_string(ledger.row_no[i]) + " " + date_text(ledger.day[i]) + " " +
                ledger.amount[i].text() + " " + std::to_string(ledger.category[i]) + " " +
                std::to_string(ledger.counterparty[i]) +
                std::string(ledger.counterparties.text(ledger.counterparty[i]));
    return text;
}

}  // namespace

TEST(Builder, ChoosesTheCurrencyOfTheLargestTurnover) {
    Builder builder;
    add(builder, {day0, 100, "a", "x", "", "usd"}, 1);
    add(builder, {day0, -90, "a", "x", "", " USD"}, 2);
    add(builder, {day0, 180, "a", "x", "", "EUR"}, 3);
    add(builder, {day0, 3, "a", "x", "", ""}, 4);
    const auto built = builder.build();
    EXPECT_EQ(built.ledger.currency, "USD");
    EXPECT_EQ(built.ledger.size(), 2U);
    ASSERT_EQ(built.left_out.size(), 2U);
    EXPECT_EQ(built.left_out[0].currency, "EUR");
    EXPECT_EQ(built.left_out[0].rows, 1U);
    EXPECT_EQ(built.left_out[0].turnover.text(), "180.00");
    EXPECT_EQ(built.left_out[1].currency, "");
}

TEST(Builder, BreaksATieOfCurrenciesByTheAlphabet) {
    Builder builder;
    add(builder, {day0, 100, "", "", "", "USD"}, 1);
    add(builder, {day0, -100, "", "", "", "EUR"}, 2);
    EXPECT_EQ(builder.build().ledger.currency, "EUR");
}

TEST(Builder, ConvertsByRatesRoundingHalfAwayFromZero) {
    Builder builder("USD", {{"EUR", 1.5}});
    add(builder, {day0, 100, "", "", "", "USD"}, 1);
    add(builder, {day0, 0.0001, "", "", "", "EUR"}, 2);
    add(builder, {day0, -0.0001, "", "", "", "EUR"}, 3);
    add(builder, {day0, 5, "", "", "", "GBP"}, 4);
    const auto built = builder.build();
    ASSERT_EQ(built.ledger.size(), 3U);
    EXPECT_EQ(built.ledger.amount[1].units, 2);  // 1.5 ten-thousandths
    EXPECT_EQ(built.ledger.amount[2].units, -2);
    ASSERT_EQ(built.left_out.size(), 1U);
    EXPECT_EQ(built.left_out[0].currency, "GBP");
}

TEST(Builder, RefusesRatesThatMeanNothing) {
    EXPECT_THROW(Builder({}, {{"EUR", 1.1}}), fin::Error);
    EXPECT_THROW(Builder("USD", {{"EUR", 0.0}}), fin::Error);
    EXPECT_THROW(Builder("USD", {{"EUR", -1.0}}), fin::Error);
    Builder builder("USD", {{"EUR", 1e9}});
    add(builder, {day0, 1e9, "", "", "", "EUR"}, 1);
    EXPECT_THROW(builder.build(), fin::Error);
}

TEST(Builder, DoesNotDependOnTheOrderOfRows) {
    std::vector<Line> lines;
    for (int i = 0; i < 200; ++i)
        lines.push_back({day0 + i % 17, i - 90.0, "cat " + std::to_string(i % 7),
                         (i % 2 ? "ACME Inc " : "acme ") + std::to_string(100000 + i)});
    std::vector<std::size_t> order(lines.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::string first;
    std::mt19937 random(7);
    for (int round = 0; round < 5; ++round) {
        Builder builder;
        for (const std::size_t i : order) add(builder, lines[i], static_cast<std::int32_t>(i / 2));  // ties, too
        const auto built = builder.build();
        if (round == 0) first = described(built.ledger);
        EXPECT_EQ(described(built.ledger), first);
        std::shuffle(order.begin(), order.end(), random);
    }
}

TEST(Builder, SortsByDayAndRowNumber) {
    Builder builder;
    add(builder, {day0 + 1, 1, "", ""}, 1);
    add(builder, {day0, 2, "", ""}, 3);
    add(builder, {day0, 3, "", ""}, 2);
    add(builder, {-5, 4, "", ""}, 4);  // before 1970
    const auto ledger = builder.build().ledger;
    EXPECT_EQ(ledger.row_no, (std::vector<std::int32_t>{4, 2, 3, 1}));
}

TEST(Builder, GivesOneCodeToOneCounterparty) {
    const auto ledger = ledger_of({{day0, 1, "", "ACME Inc. 003392"},
                                   {day0, 1, "", "acme inc"},
                                   {day0, 1, "", "Beta"},
                                   {day0, 1, "", "", "", "", {}, "Beta"},
                                   {day0, 1, "", "   "}});
    EXPECT_EQ(ledger.counterparty, (std::vector<Code>{0, 0, 1, 1, no_code}));
    EXPECT_EQ(ledger.counterparties.text(0), "ACME Inc. 003392");  // the first spelling
}

TEST(Builder, TakesTheDescriptionOnlyWithoutCounterparty) {
    const auto ledger = ledger_of({{day0, 1, "", "Beta", "", "", {}, "Invoice"}});
    EXPECT_EQ(ledger.counterparties.size(), 1U);
    EXPECT_EQ(ledger.counterparties.text(0), "Beta");
}

TEST(Builder, OpensWithWhatTheBalanceColumnSays) {
    const auto ledger = ledger_of({{day0, -10, "", "", "", "", 90}, {day0 + 1, 5, "", "", "", "", 95}});
    ASSERT_TRUE(ledger.opening);
    EXPECT_EQ(ledger.opening->text(), "100.00");
    EXPECT_EQ(ledger.balance_gap->units, 0);
    EXPECT_FALSE(ledger_of({{day0, 1, "", ""}}).opening);
    EXPECT_FALSE(ledger_of({{day0, 1, "", ""}}).balance_gap);
}

TEST(Builder, ReadsFilesWrittenNewestFirst) {
    // Newest first: within a day, too, the later row stands above.
    const auto ledger = ledger_of({{day0 + 1, 7, "", "", "", "", 102},
                                   {day0 + 1, 5, "", "", "", "", 95},
                                   {day0, -8, "", "", "", "", 90},
                                   {day0, -2, "", "", "", "", 98}});
    EXPECT_EQ(ledger.opening->text(), "100.00");
    EXPECT_EQ(ledger.balance_gap->units, 0);
}

TEST(Builder, StatesTheGapOfABalanceThatDoesNotAgree) {
    std::vector<Line> lines;
    for (int i = 0; i < 10; ++i) lines.push_back({day0 + i, 1, "", "", "", "", 101.0 + i + (i >= 6 ? 25 : 0)});
    const auto ledger = ledger_of(lines);  // a row of 25.00 is missing before the seventh
    EXPECT_EQ(ledger.opening->text(), "100.00");
    EXPECT_EQ(ledger.balance_gap->text(), "25.00");
}

TEST(Builder, DoesNotBelieveABalanceColumnMostRowsContradict) {
    const auto ledger =
        ledger_of({{day0, 1, "", "", "", "", 10}, {day0 + 1, 1, "", "", "", "", 50}, {day0 + 2, 1, "", "", "", "", 7}});
    EXPECT_FALSE(ledger.opening);
    EXPECT_GT(ledger.balance_gap->units, 0);
}

TEST(Builder, AddsTheOpeningsOfAllAccounts) {
    const auto ledger = ledger_of({{day0, -10, "", "", "bank", "", 90},
                                   {day0, 20, "", "", "till", "", 70},
                                   {day0 + 1, 5, "", "", "bank", "", 95},
                                   {day0 + 1, 1, "", "", "till", "", 71}});
    EXPECT_EQ(ledger.opening->text(), "150.00");
    // An account that states no balance leaves the company's cash unknown.
    EXPECT_FALSE(ledger_of({{day0, -10, "", "", "bank", "", 90}, {day0, 20, "", "", "till"}}).opening);
}

TEST(Builder, LetsAGivenOpeningWin) {
    Builder builder({}, {}, Money::of(7));
    add(builder, {day0, -10, "", "", "", "", 90}, 1);
    EXPECT_EQ(builder.build().ledger.opening->text(), "7.00");
}

TEST(Builder, BuildsAnEmptyLedger) {
    Builder builder;
    const auto built = builder.build();
    EXPECT_TRUE(built.ledger.empty());
    EXPECT_TRUE(built.left_out.empty());
}

TEST(Builder, StopsWhereItIsInterrupted) {
    struct Stop {};
    Builder builder;
    for (int i = 0; i < 10000; ++i) add(builder, {day0 - i, 1, "", "x"}, i);
    EXPECT_THROW(builder.build([] { throw Stop(); }), Stop);
}

TEST(Dictionary, NumbersTextsByAppearanceAndSurvivesCopies) {
    Dictionary dictionary;
    EXPECT_EQ(dictionary.find("a"), no_code);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(dictionary.code("text " + std::to_string(i)), i);
    EXPECT_EQ(dictionary.code("text 5"), 5);
    EXPECT_EQ(dictionary.code(""), no_code);
    const Dictionary copy = std::exchange(dictionary, {});
    EXPECT_EQ(copy.find("text 999"), 999);
    EXPECT_EQ(copy.text(999), "text 999");
    EXPECT_EQ(copy.find("text 1000"), no_code);
}
