// Findings of the ledger as a whole (digits, balances, daily totals), hostile ledgers, and clean ones.
#include <limits>
#include <stdexcept>

#include "anomaly/series_inquiry.hpp"

using namespace fin;
using namespace fin::anomaly;
using namespace fin::anomaly::test;

namespace {

// Amounts spread evenly over the logarithm from 10 to 100,000 follow Benford's law.
Company lawful(int rows, bool sevens) {
    Company company;
    Noise noise(17);
    for (int i = 0; i < rows; ++i) {
        double amount = std::pow(10, 1 + 4 * noise.uniform());
        // Two of three amounts are written with a seven in front.
        if (sevens && i % 3) amount = 7 * std::pow(10, std::floor(std::log10(amount))) + noise.uniform() * amount / 10;
        company.add(i % 24, 1 + i % 28, -amount, "Purchases", "Supplier " + std::to_string(i % 37));
    }
    return company;
}

}  // namespace

TEST(BenfordFinding, LawfulAmountsAndFewAmountsHaveNone) {
    EXPECT_TRUE(Inquiry(lawful(3000, false)).find(Kind::benford).empty());
    EXPECT_TRUE(Inquiry(lawful(250, true)).find(Kind::benford).empty());
}

TEST(BenfordFinding, SurplusOfOneDigitIsInformation) {
    const auto found = Inquiry(lawful(3000, true)).find(Kind::benford);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].severity, Severity::low);
    EXPECT_LT(found[0].p, 1e-6);
    EXPECT_NE(found[0].reason_en.find("digit 7"), std::string::npos) << found[0].reason_en;
    EXPECT_NE(found[0].reason_ru.find("цифры 7"), std::string::npos) << found[0].reason_ru;
    expect_well_formed(found);
}

TEST(BenfordFinding, APaymentThatRepeatsCountsOnce) {
    Company company = lawful(1500, false);
    for (int i = 0; i < 2000; ++i) company.add(i % 24, 1 + i % 28, -777, "Purchases", "Subscription");
    EXPECT_TRUE(Inquiry(company).find(Kind::benford).empty());
}

TEST(StaleBalance, AgreesToTheCentOrIsTold) {
    const Company company = [] {
        Company made = make({.months = 12, .opening_known = false});
        std::ranges::stable_sort(made.entries, {}, &Entry::day);
        return made;
    }();
    std::vector<double> balances;
    double balance = 50000;
    for (const Entry& entry : company.entries) balances.push_back(balance += entry.amount);
    EXPECT_TRUE(Inquiry(company, {}, balances).find(Kind::stale_balance).empty());

    // A row of 9,000 is not in the file: the balances after it are lower than the amounts say.
    auto off = balances;
    for (std::size_t i = off.size() / 2; i < off.size(); ++i) off[i] -= 9000;
    const auto found = Inquiry(company, {}, off).find(Kind::stale_balance);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].at_stake, ledger::Money::of(9000));
    EXPECT_GE(found[0].severity, Severity::medium);
    expect_well_formed(found);

    // A column that follows no row is no running balance: nothing is known to be wrong.
    Noise noise(2);
    for (double& value : off) value = noise.around(60000, 0.9);
    const auto unrelated = Inquiry(company, {}, off).find(Kind::stale_balance);
    ASSERT_EQ(unrelated.size(), 1u);
    EXPECT_EQ(unrelated[0].severity, Severity::low);
}

TEST(DailyBurst, ADayOfManyRowsThatNoRowExplains) {
    Company company;
    Noise noise(5);
    const ledger::Day first = ledger::day_of(2021, 1, 4);
    for (int i = 0; i < 400; ++i) {
        if (ledger::weekday(first + i) >= 5) continue;
        for (int k = 0; k < 3; ++k)
            company.entries.push_back(
                {first + i, -noise.around(300, 0.4), "Materials", "Supplier " + std::to_string(k)});
    }
    EXPECT_TRUE(Inquiry(company).find(Kind::level_shift).empty());
    const ledger::Day busy = ledger::day_of(2021, 10, 13);
    for (int k = 0; k < 100; ++k)
        company.entries.push_back({busy, -noise.around(300, 0.4), "Materials", "Supplier " + std::to_string(k % 3)});
    const auto found = Inquiry(company).find(Kind::level_shift);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].booked_on, busy);
    EXPECT_GE(found[0].severity, Severity::medium);
    EXPECT_NEAR(found[0].expected->value(), -900, 200);
    expect_well_formed(found);

    // One row of the same money is found by the tests of rows, and not here.
    std::erase_if(company.entries, [&](const Entry& entry) { return entry.day == busy; });
    company.entries.push_back({busy, -30000, "Materials", "Supplier 1"});
    EXPECT_TRUE(Inquiry(company).find(Kind::level_shift).empty());
}

TEST(DailyBurst, PayrollsAreAHabit) {
    Company company;
    Noise noise(5);
    const ledger::Day first = ledger::day_of(2021, 1, 4);
    for (int i = 0; i < 400; ++i)
        if (ledger::weekday(first + i) < 5)
            company.entries.push_back({first + i, -noise.around(300, 0.4), "Materials", "Supplier"});
    for (int m = 0; m < 13; ++m)
        for (int k = 0; k < 20; ++k)
            company.add(m, 25, -noise.around(2000, 0.1), "Salaries", "Employee " + std::to_string(k));
    EXPECT_TRUE(Inquiry(company).find(Kind::level_shift).empty());
}

TEST(SeriesFindings, CleanCompaniesHaveNoneThatIsGrave) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        const double swing = 0.02 * static_cast<double>(seed % 10), growth = 1 + 0.002 * static_cast<double>(seed % 13);
        const auto found =
            Inquiry(make({.months = 12 + static_cast<int>(seed),
                          .seed = seed,
                          .spread = 0.02 * static_cast<double>(1 + seed % 12),
                          .revenue = [=](int m) { return std::pow(growth, m) * fin::test::season_of(m, swing); },
                          .rent = [](int m) { return m < 14 ? 1 : 1.03; }}))
                .find();
        EXPECT_EQ(grave(found), 0u) << seed;
        expect_well_formed(found);
    }
}

TEST(SeriesFindings, SmallAndEmptyLedgersAnswer) {
    EXPECT_TRUE(Inquiry(Company{}).find().empty());
    Company one;
    one.add(0, 5, -100, "Rent", "Landlord");
    EXPECT_TRUE(Inquiry(one).find().empty());
    for (int i = 0; i < 500; ++i) one.add(0, 5, -100, "Rent", "Landlord");
    EXPECT_EQ(grave(Inquiry(one).find()), 0u);
    Company bare;  // neither categories nor counterparties
    for (int m = 0; m < 24; ++m)
        for (int k = 0; k < 20; ++k) bare.add(m, 1 + k, -100, "", "");
    EXPECT_EQ(grave(Inquiry(bare).find()), 0u);
}

TEST(SeriesFindings, ConstantZeroAndHugeAmountsAnswer) {
    Company zero, huge;
    for (int m = 0; m < 30; ++m)
        for (int k = 0; k < 10; ++k) {
            zero.add(m, 1 + 2 * k, 0, "Nothing", "Nobody");
            huge.add(m, 1 + 2 * k, k % 2 ? 4e13 : -4e13, k % 2 ? "Sales" : "Materials", "Giant");
        }
    EXPECT_EQ(grave(Inquiry(zero).find()), 0u);
    const auto found = Inquiry(huge).find();
    EXPECT_EQ(grave(found), 0u);
    expect_well_formed(found);
}

TEST(SeriesFindings, ManyCounterpartiesAreReadInLinearTime) {
    // Each is paid once: nothing to say of any of them, and an interrupt is heard while they are read.
    Company company;
    Noise noise(1);
    for (int i = 0; i < 60000; ++i)
        company.add(i % 24, 1 + i % 28, -noise.around(50, 0.9), "Purchases", "Person " + std::to_string(i) + "x");
    const Inquiry inquiry(company);
    EXPECT_EQ(grave(inquiry.find()), 0u);
    int asked = 0;
    inquiry.find([&] { ++asked; });
    EXPECT_GT(asked, 60);
    EXPECT_THROW(inquiry.find([] { throw std::runtime_error("cancelled"); }), std::runtime_error);
}

TEST(SeriesFindings, TheSameLedgerGivesTheSameFindings) {
    const Company company = make({.months = 36, .seed = 3, .marketing = [](int m) { return m < 28 ? 1.0 : 5.0; }});
    Company turned = company;
    std::reverse(turned.entries.begin(), turned.entries.end());
    const auto a = Inquiry(company).find(), b = Inquiry(turned).find();
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].reason_en, b[i].reason_en);
        EXPECT_EQ(a[i].score, b[i].score);
    }
}
