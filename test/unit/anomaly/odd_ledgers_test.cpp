// Ledgers that break careless tests: one row, one counterparty, one amount, no category, everything on one day.
#include "findings_of.hpp"
#include "ledger/kinds.hpp"

using namespace fin;
using namespace fin::test;

namespace {

std::size_t count_of(const std::vector<Entry>& entries) {
    Company company;
    company.entries = entries;
    return FindingsOf(company).all.size();
}

std::vector<Entry> entries(std::size_t count, const std::function<Entry(std::size_t)>& make) {
    std::vector<Entry> result;
    for (std::size_t i = 0; i < count; ++i) result.push_back(make(i));
    return result;
}

std::string numbered(std::string text, std::size_t i) {
    for (int k = 0; k < 5; ++k, i /= 26) text.push_back(static_cast<char>('a' + i % 26));
    return text;
}

ledger::Day day(std::size_t i) { return Company::day(0, 1) + static_cast<int>(i); }

}  // namespace

TEST(OddLedgers, NoRowsNoFindings) {
    const ledger::Ledger ledger;
    const ledger::Monthly monthly;
    const std::vector<ledger::RecurringSeries> recurring;
    const anomaly::Strictness strictness;
    const InterruptCheck check = never_interrupted;
    EXPECT_TRUE(anomaly::find_in_rows({ledger, monthly, recurring, 0, 1, strictness, check}).empty());
}

TEST(OddLedgers, OneRowHasNoHabitToBreak) {
    Company company;
    company.entries = {{day(0), -100, "Rent", "Harbor"}};
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(OddLedgers, OnlyZeros) {
    EXPECT_EQ(count_of(entries(50, [](std::size_t i) { return Entry{day(i), 0, "Rent", "Harbor"}; })), 0U);
}

TEST(OddLedgers, AllAmountsEqual) {
    Company company;
    company.entries = entries(2000, [](std::size_t i) { return Entry{day(i / 3), -100, "Rent", "Harbor"}; });
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(OddLedgers, NoCategoriesAndNoCounterparties) {
    Company company;
    Noise noise(3);
    company.entries = entries(2000, [&](std::size_t i) { return Entry{day(i / 3), -noise.around(100, 0.5), "", ""}; });
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(OddLedgers, EverythingOnOneDay) {
    Company company;
    Noise noise(4);
    company.entries = entries(500, [&](std::size_t) {
        return Entry{day(0), std::round(noise.around(100, 0.5)), "Sales", "Till"};
    });
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(OddLedgers, EveryRowHasACounterpartyOfItsOwn) {
    Noise noise(5);
    Company company;
    company.entries = entries(20000, [&](std::size_t i) {
        return Entry{day(i / 30), -std::exp(3 + 4 * noise.uniform()), "Purchases", numbered("Party ", i)};
    });
    const FindingsOf findings(company);
    EXPECT_LE(findings.all.size(), 400U);  // the watch list is short whatever the ledger is like
}

TEST(OddLedgers, HugeAmounts) {
    Company company;
    company.entries = entries(300, [](std::size_t i) {
        return Entry{day(i), (i % 7 ? -1 : 1) * 1e12 * static_cast<double>(1 + i % 5), "Trade", numbered("P", i % 9)};
    });
    EXPECT_NO_THROW(FindingsOf{company});
}

TEST(OddLedgers, AnInterruptEndsIt) {
    const Company company = steady_company();
    const Study study(company);
    const auto facts = study.facts();
    const anomaly::Strictness strictness;
    int asked = 0;
    const InterruptCheck stop = [&] {
        if (++asked == 1) throw std::runtime_error("cancelled");
    };
    EXPECT_THROW(anomaly::find_in_rows({facts.ledger, facts.monthly, facts.recurring, 71000, 1, strictness, stop}),
                 std::runtime_error);
}
