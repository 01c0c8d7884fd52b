// Turned signs, and money that comes back.
#include "findings_of.hpp"

using namespace fin;
using namespace fin::test;

TEST(SignErrors, ATurnedPaymentIsOne) {
    for (const char* party : {"Borealis", "Acorn Supply", "Harbor Estates"}) {
        Company company = steady_company();
        const std::size_t entry = entry_of(company, 20, party);
        company.entries[entry].amount *= -1;
        const FindingsOf findings(company);
        EXPECT_EQ(findings.holding(), at("sign_error", entry)) << party;
        EXPECT_EQ(findings.of(entry)->expected->units, -findings.of(entry)->amount->units) << party;
    }
}

TEST(SignErrors, RefundsAreNone) {
    Company company = steady_company();
    company.add(20, 25, -2000, "Sales", "Borealis");      // under a third of its payment
    company.add(21, 12, 6000, "Rent", "Harbor Estates");  // equal to the rent, which is paid as ever
    company.add(10, 29, company.entries[entry_of(company, 10, "Acorn Supply")].amount * -1, "Materials",
                "Acorn Supply");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(SignErrors, ACreditOnTopOfSteadyPaymentsIsNone) {
    Company company = steady_company();
    company.add(20, 14, 2600, "Rent", "Harbor Estates");  // not equal, over a third: part of the deposit
    EXPECT_EQ(FindingsOf(company).holding(), "");
    // Wages do not come back in parts.
    company.add(20, 14, 2600, "Salaries", "J. Moss");
    EXPECT_EQ(FindingsOf(company).holding(), at("sign_error", company.entries.size() - 1));
}

TEST(SignErrors, ACategoryThatGoesBothWaysHasNoSign) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m) {
        company.add(m, 9, 5000, "Currency exchange", "Desk " + std::string(1, static_cast<char>('A' + m)));
        company.add(m, 12, -5100, "Currency exchange", "Counter " + std::string(1, static_cast<char>('A' + m)));
    }
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(SignErrors, ACounterpartyThatPaysAndIsPaidHasNoSign) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m) company.add(m, 9, m % 3 ? 5000 + 7 * m : -2900 - 11 * m, "Sales", "Partner & Sons");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}
