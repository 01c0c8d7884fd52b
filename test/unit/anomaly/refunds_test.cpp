// Which opposite rows give money back.
#include "anomaly/refunds.hpp"

#include "ledger/rows.hpp"

using namespace fin;
using fin::ledger::test::ledger_of;
using fin::ledger::test::Line;

namespace {

constexpr ledger::Day start = 19000;

struct Book {
    explicit Book(const std::vector<Line>& lines)
        : ledger(ledger_of(lines)), parties(ledger::by_counterparty(ledger)), party(ledger, parties.of(0), check) {}
    InterruptCheck check = never_interrupted;
    ledger::Ledger ledger;
    ledger::Groups parties;
    anomaly::Party party;
};

Line row(int day, double amount) { return {start + day, amount, "Goods", "Mill"}; }

}  // namespace

TEST(Refunds, EqualAndOppositeWithinNinetyDays) {
    EXPECT_TRUE(Book({row(0, -500), row(90, 500)}).party.is_refund(1));
    EXPECT_FALSE(Book({row(0, -500), row(91, 500)}).party.is_refund(1));
    EXPECT_FALSE(Book({row(0, -500), row(50, 499)}).party.is_refund(1));
    // Also what is given first and taken back.
    EXPECT_TRUE(Book({row(0, 500), row(30, -500)}).party.is_refund(0));
}

TEST(Refunds, UnderAThirdOfARecentPayment) {
    EXPECT_TRUE(Book({row(0, -900), row(60, 299)}).party.is_refund(1));
    EXPECT_FALSE(Book({row(0, -900), row(60, 301)}).party.is_refund(1));
    EXPECT_FALSE(Book({row(0, -900), row(91, 299)}).party.is_refund(1));
}

TEST(Refunds, WhatStandsInThePlaceOfASteadyPaymentIsNone) {
    // Paid every 30 days; the fifth time it came in, and nothing else was paid that month.
    EXPECT_FALSE(Book({row(0, -500), row(30, -500), row(60, -500), row(90, -500), row(120, 500), row(150, -500)})
                     .party.is_refund(4));
    // Paid as ever, and given back once.
    EXPECT_TRUE(Book({row(0, -500), row(30, -500), row(60, -500), row(90, -500), row(97, 500), row(120, -500)})
                    .party.is_refund(4));
}

TEST(Refunds, PaidBackLaterNotBefore) {
    Book book({row(0, 500), row(10, -500), row(40, 500)});
    EXPECT_TRUE(book.party.is_paid_back(1));
    EXPECT_FALSE(Book({row(0, 500), row(10, -500)}).party.is_paid_back(1));
    EXPECT_FALSE(Book({row(0, -500), row(91, 500)}).party.is_paid_back(0));
}
