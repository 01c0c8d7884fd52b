// amount_change: a price that moved and holds is information.
#include "anomaly/series_inquiry.hpp"

using namespace fin;
using namespace fin::anomaly;
using namespace fin::anomaly::test;

namespace {

std::vector<Finding> changes(const Company& company) { return Inquiry(company).find(Kind::amount_change); }

Company with_rent(const fin::test::ByMonth& rent) { return make({.months = 24, .seed = 5, .rent = rent}); }

}  // namespace

TEST(AmountChange, ASteadyCompanyHasNone) { EXPECT_TRUE(changes(with_rent(fin::test::as_planned)).empty()); }

TEST(AmountChange, IndexationIsInformation) {
    const auto found = changes(with_rent([](int m) { return m < 13 ? 1 : 1.04; }));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].severity, Severity::low);
    EXPECT_EQ(found[0].booked_on, Company::day(13, 1));
    EXPECT_EQ(found[0].expected, ledger::Money::of(-6000));
    EXPECT_EQ(found[0].amount, ledger::Money::of(-6240));
    EXPECT_EQ(found[0].at_stake, ledger::Money::of(11 * 240));
    EXPECT_NE(found[0].reason_en.find("+4%"), std::string::npos) << found[0].reason_en;
    EXPECT_NE(found[0].reason_en.find("6,240.00"), std::string::npos) << found[0].reason_en;
    expect_well_formed(found);
}

TEST(AmountChange, OnlyTheLastOfSeveralIsTold) {
    const auto found = changes(with_rent([](int m) { return m < 8 ? 1 : m < 16 ? 1.03 : 1.06; }));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].booked_on, Company::day(16, 1));
}

TEST(AmountChange, OnceIsNoNewLevel) {
    EXPECT_TRUE(changes(with_rent([](int m) { return m == 23 ? 1.5 : 1; })).empty());
    EXPECT_TRUE(changes(with_rent([](int m) { return m == 12 ? 1.5 : 1; })).empty());
}

TEST(AmountChange, AVeryLargeOneIsAnAlarm) {
    const auto found = changes(with_rent([](int m) { return m < 13 ? 1 : 4; }));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].severity, Severity::medium);
}

TEST(AmountChange, IsNotToldAgainAsALevelShift) {
    const Inquiry inquiry(with_rent([](int m) { return m < 13 ? 1 : 4; }));
    for (const Finding& finding : inquiry.find(Kind::level_shift)) EXPECT_NE(inquiry.payee(finding), "Harbor Estates");
}
