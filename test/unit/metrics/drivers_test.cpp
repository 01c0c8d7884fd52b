// Drivers: each by hand, and that rows always sum exactly to the change.
#include "metrics/drivers.hpp"

#include <numeric>
#include <random>

#include "error.hpp"
#include "small_ledger.hpp"

using namespace fin::metrics;
using namespace fin::metrics::test;
using fin::ledger::Kind;
using fin::ledger::Wide;

namespace {

constexpr fin::ledger::Month january = 2024 * 12, february = january + 1;

// January: Ann buys 2 x 100, Bob 1 x 300 and gets 30 back; goods 120, rent 80.
// February: Ann buys 3 x 110, Cid 1 x 50; goods 150, rent 80, tax 20.
Books shop() {
    return books({{on(2024, 1, 5), 100, Kind::revenue, "sales", "Ann"},
                  {on(2024, 1, 9), 100, Kind::revenue, "sales", "Ann"},
                  {on(2024, 1, 12), 300, Kind::revenue, "sales", "Bob"},
                  {on(2024, 1, 15), -30, Kind::refund, "sales", "Bob"},
                  {on(2024, 1, 20), -120, Kind::cogs, "goods", "Mill"},
                  {on(2024, 1, 31), -80, Kind::opex, "rent", "House"},
                  {on(2024, 2, 5), 110, Kind::revenue, "sales", "Ann"},
                  {on(2024, 2, 9), 110, Kind::revenue, "sales", "Ann"},
                  {on(2024, 2, 12), 110, Kind::revenue, "sales", "Ann"},
                  {on(2024, 2, 14), 50, Kind::revenue, "sales", "Cid"},
                  {on(2024, 2, 20), -150, Kind::cogs, "goods", "Mill"},
                  {on(2024, 2, 25), -20, Kind::tax, "vat", "State"},
                  {on(2024, 2, 29), -80, Kind::opex, "rent", "House"}});
}

std::vector<std::string> lines(const std::vector<Driver>& drivers) {
    std::vector<std::string> result;
    for (const Driver& driver : drivers) result.push_back(driver.driver + " " + driver.member + " " + driver.delta);
    return result;
}

Wide units(const std::string& decimal) {
    Wide value = 0;
    for (const char c : decimal)
        if (c >= '0' && c <= '9') value = value * 10 + (c - '0');
    return decimal.starts_with('-') ? -value : value;
}

Wide sum(const std::vector<Driver>& drivers) {
    Wide total = 0;
    for (const Driver& driver : drivers) total += units(driver.delta);
    return total;
}

}  // namespace

// Ann: 200 -> 330; one sale more at the old average of 100, the rest of 130 is price.
TEST(Drivers, OfRevenueTellNewLostPriceVolumeAndRefunds) {
    EXPECT_EQ(lines(drivers(shop().facts(), "revenue", january, february)),
              (std::vector<std::string>{"lost Bob -300.0000", "volume Ann 100.0000", "new Cid 50.0000",
                                        "price Ann 30.0000", "refund Bob 30.0000"}));
}

TEST(Drivers, OfExpensesAreCategories) {
    EXPECT_EQ(lines(drivers(shop().facts(), "expenses", january, february)),
              (std::vector<std::string>{"category goods 30.0000"}));
}

// 470 - 200 = 270 -> 380 - 230 - 20 = 130.
TEST(Drivers, OfNetProfitCountCostsAgainstIt) {
    const auto rows = drivers(shop().facts(), "net_profit", january, february);
    EXPECT_EQ(sum(rows), -140 * 10000);
    EXPECT_EQ(lines(rows)[5], "category goods -30.0000");
    EXPECT_EQ(lines(rows).back(), "tax vat -20.0000");
}

// Gross margin 350/470 -> 230/380: 0.744680851064 -> 0.605263157895, change -0.139417693169.
// Goods: -30/380; Bob lost: 120 x -300 / (470 x 380).
TEST(Drivers, OfAMarginSumToTheChangeOfTheRoundedMargins) {
    const auto rows = drivers(shop().facts(), "gross_margin", january, february);
    EXPECT_EQ(sum(rows), -139417693169);
    EXPECT_EQ(lines(rows)[0], "lost Bob -0.201567749160");
    EXPECT_EQ(lines(rows)[1], "category goods -0.078947368421");
}

TEST(Drivers, OfBackwardMonthsAreTheOpposite) {
    const Books ledger = shop();
    for (const char* metric : {"revenue", "expenses", "operating_profit", "net_cash_flow", "net_margin"})
        EXPECT_EQ(sum(drivers(ledger.facts(), metric, january, february)),
                  -sum(drivers(ledger.facts(), metric, february, january)))
            << metric;
    EXPECT_TRUE(drivers(ledger.facts(), "revenue", january, january).empty());
}

TEST(Drivers, JoinTheNamelessAsUnknown) {
    const Books ledger = books({{on(2024, 1, 31), 5, Kind::revenue, "", ""},
                                {on(2024, 2, 28), 9, Kind::revenue, "", ""},
                                {on(2024, 2, 28), 7, Kind::revenue, "", "unknown"},
                                {on(2024, 2, 29), -3, Kind::opex, "", "x"}});
    EXPECT_EQ(lines(drivers(ledger.facts(), "operating_profit", january, february)),
              (std::vector<std::string>{"price unknown 6.0000", "volume unknown 5.0000", "category unknown -3.0000"}));
}

TEST(Drivers, RefuseWhatTheyCannotExplain) {
    const Books ledger = shop();
    const auto message = [&](const char* metric, fin::ledger::Month from) {
        try {
            drivers(ledger.facts(), metric, from, february);
        } catch (const fin::Error& error) {
            EXPECT_EQ(error.code, fin::ErrorCode::invalid_argument);
            return std::string(error.what()) + " | " + error.detail;
        }
        return std::string("no error");
    };
    EXPECT_EQ(message("runway", january),
              "metric \"runway\" has no drivers | Metrics with drivers: revenue, expenses, gross_profit, "
              "operating_profit, net_profit, net_cash_flow, gross_margin, operating_margin, net_margin.");
    EXPECT_EQ(message("revenue", january - 1),
              "the ledger has no month 2023-12 | The ledger runs from 2024-01 to 2024-02.");
    const Books idle =
        books({{on(2024, 1, 31), -5, Kind::opex, "rent", "a"}, {on(2024, 2, 29), 5, Kind::revenue, "s", "b"}});
    EXPECT_THROW(drivers(idle.facts(), "operating_margin", january, february), fin::Error);
}

// Random ledgers with awkward thirds: money sums to the unit, margins to the twelfth decimal.
TEST(Drivers, AlwaysSumExactly) {
    std::mt19937 random(20240131);
    const Kind kinds[] = {Kind::cogs, Kind::opex,   Kind::payroll, Kind::tax,    Kind::interest, Kind::capex,
                          Kind::debt, Kind::equity, Kind::other,   Kind::refund, Kind::transfer};
    for (int round = 0; round < 50; ++round) {
        std::vector<Entry> entries;
        for (int i = 0; i < 300; ++i) {
            const bool sale = random() % 2 == 0;
            const double amount = static_cast<double>(random() % 10'000'000) / 10'000;
            const fin::ledger::Day day = on(2024, 1 + random() % 2, 1 + random() % 28);
            entries.push_back({day, sale ? 10 * amount : -amount, sale ? Kind::revenue : kinds[random() % 11],
                               "c" + std::to_string(random() % 9), "p" + std::to_string(random() % 40)});
        }
        const Books ledger = books(entries);
        const auto& before = ledger.monthly.at(january);
        const auto& after = ledger.monthly.at(february);
        const auto check = [&](const char* metric, auto of) {
            EXPECT_EQ(sum(drivers(ledger.facts(), metric, january, february)), Wide{of(after)} - of(before)) << metric;
        };
        check("revenue", [](const auto& flows) { return flows.revenue().units; });
        check("expenses", [](const auto& flows) { return flows.expenses().units; });
        check("operating_profit", [](const auto& flows) { return flows.operating_profit().units; });
        check("net_profit", [](const auto& flows) { return flows.net_profit().units; });
        check("net_cash_flow", [](const auto& flows) { return flows.net_cash_flow().units; });
        check("net_margin", [](const auto& flows) {
            return std::llround(static_cast<long double>(flows.net_profit().units) / flows.revenue().units * 1e12L);
        });
        check("operating_margin", [](const auto& flows) {
            return std::llround(static_cast<long double>(flows.operating_profit().units) / flows.revenue().units *
                                1e12L);
        });
    }
}
