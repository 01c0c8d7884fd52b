// Which finding a dismissal means: by row, by payment in another report, by key.
#include "anomaly/dismissal.hpp"

#include "ledger/builder.hpp"

using namespace fin;
using namespace fin::anomaly;

namespace {

constexpr ledger::Day day = ledger::day_of(2024, 3, 9);

struct Line {
    ledger::Day booked_on;
    double amount;
    const char* counterparty;
};

ledger::Ledger ledger_of(const std::vector<Line>& lines) {
    ledger::Builder builder;
    std::int32_t row_no = 10;
    for (const auto& line : lines) {
        ledger::Row row;
        row.row_no = ++row_no, row.booked_on = line.booked_on, row.amount = ledger::Money::of(line.amount);
        row.category = "Goods", row.counterparty = line.counterparty;
        builder.add(row);
    }
    return builder.build().ledger;
}

// Whether the dismissal means a repeat at that row of the ledger.
bool means(const ledger::Ledger& ledger, std::uint32_t row, const Dismissal& dismissal) {
    Finding finding;
    finding.row = row, finding.booked_on = ledger.day[row], finding.amount = ledger.amount[row];
    finding.category = ledger.category[row], finding.counterparty = ledger.counterparty[row];
    return is_dismissed(finding, ledger, {dismissal});
}

Dismissal paid(double amount, const char* counterparty, std::optional<int> occurrence, ledger::Day booked_on = day) {
    return {Kind::duplicate, {}, {}, Payment{booked_on, ledger::Money::of(amount), counterparty, occurrence}};
}

const ledger::Ledger equal = ledger_of({{day - 2, -50, "Birch"}, {day, -70, "Birch Ltd."}, {day, -70, "Birch Ltd."}});

}  // namespace

TEST(Dismissal, MeansTheRowOfItsNumberAndNoOther) {
    EXPECT_TRUE(means(equal, 1, {Kind::duplicate, 12}));
    EXPECT_FALSE(means(equal, 2, {Kind::duplicate, 12}));
    EXPECT_FALSE(means(equal, 1, {Kind::sign_error, 12}));
}

TEST(Dismissal, MeansThePaymentWhateverItsRowNumberIs) {
    EXPECT_TRUE(means(equal, 0, paid(-50, "BIRCH", {}, day - 2)));
    EXPECT_FALSE(means(equal, 0, paid(-50, "Birch", {})));                // another day
    EXPECT_FALSE(means(equal, 0, paid(50, "Birch", {}, day - 2)));        // another direction
    EXPECT_FALSE(means(equal, 0, paid(-50, "Quarry", {}, day - 2)));      // somebody else
    EXPECT_FALSE(means(equal, 0, paid(-50.0001, "Birch", {}, day - 2)));  // another amount
}

TEST(Dismissal, OfOneOfSeveralEqualPaymentsLeavesTheOthers) {
    EXPECT_TRUE(means(equal, 2, paid(-70, "Birch", 2)));
    EXPECT_FALSE(means(equal, 1, paid(-70, "Birch", 2)));
    EXPECT_TRUE(means(equal, 1, paid(-70, "Birch", 1)));
    EXPECT_TRUE(means(equal, 1, paid(-70, "Birch", {})));
    EXPECT_TRUE(means(equal, 2, paid(-70, "Birch", {})));
}

TEST(Dismissal, OfARowSaysNothingOfFindingsWithoutOne) {
    Finding missing;
    missing.kind = Kind::missing_recurring, missing.booked_on = day;
    missing.category = equal.category[0], missing.counterparty = equal.counterparty[0];
    const std::string key = key_of(missing, equal);
    EXPECT_EQ(key, "Goods | Birch | 2024-03-09");
    EXPECT_TRUE(is_dismissed(missing, equal, {{Kind::missing_recurring, {}, key}}));
    EXPECT_FALSE(is_dismissed(missing, equal, {{Kind::missing_recurring, {}, "Goods | Birch | 2024-03-10"}}));
    EXPECT_FALSE(is_dismissed(missing, equal, {{Kind::missing_recurring, 11, key}}));
    EXPECT_FALSE(means(equal, 0, {Kind::duplicate, {}, "Goods | Birch | 2024-03-07"}));
}

TEST(Dismissal, OfAPaymentWithoutCounterpartyMeansOneWithout) {
    const auto nameless = ledger_of({{day, -30, ""}, {day + 1, -30, "Birch"}});
    EXPECT_TRUE(means(nameless, 0, paid(-30, "", 1)));
    EXPECT_FALSE(means(nameless, 1, paid(-30, "", 1, day + 1)));
}
