// Money: exact decimal text in and out, and what happens at the edges.
#include "ledger/money.hpp"

#include "error.hpp"

using namespace fin::ledger;

TEST(Money, ReadsAndWritesPlainDecimals) {
    for (const char* text : {"0.00", "1.00", "-1.50", "1234567.89", "0.0001", "-0.0125", "899999999999999.99"})
        EXPECT_EQ(Money::parse(text)->text(), text);
    EXPECT_EQ(Money::parse("+7")->text(), "7.00");
    EXPECT_EQ(Money::parse(".5")->text(), "0.50");
}

TEST(Money, RoundsHalfAwayFromZeroAfterFourDecimals) {
    EXPECT_EQ(Money::parse("0.00005")->units, 1);
    EXPECT_EQ(Money::parse("-0.00005")->units, -1);
    EXPECT_EQ(Money::parse("0.000049")->units, 0);
    EXPECT_EQ(Money::of(-2.00005).units, -20001);
}

TEST(Money, RefusesWhatIsNoDecimal) {
    for (const char* text : {"", "-", ".", "1.2.3", "1,5", "1e3", "--1", " 1", "99999999999999999999"})
        EXPECT_FALSE(Money::parse(text)) << text;
    EXPECT_THROW(Money::of(1e16), fin::Error);
    EXPECT_THROW((MoneySum{Wide{Money::greatest} * 2}.money()), fin::Error);
}
