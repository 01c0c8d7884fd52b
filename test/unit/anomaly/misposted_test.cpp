// Wrong categories, and counterparties that have two.
#include "findings_of.hpp"

using namespace fin;
using namespace fin::test;

TEST(Misposted, AStableCounterpartyBookedElsewhereIsOne) {
    Company company = steady_company();
    const std::size_t entry = entry_of(company, 20, "Acorn Supply");
    company.entries[entry].category = "Marketing";
    const FindingsOf findings(company);
    EXPECT_EQ(findings.holding(), at("miscategorized", entry));
    const auto* finding = findings.of(entry);
    EXPECT_EQ(findings.ledger().categories.text(finding->home), "Materials");
    EXPECT_NE(finding->reason_en.find("Materials"), std::string::npos);
    EXPECT_NE(finding->reason_en.find("Marketing"), std::string::npos);
}

TEST(Misposted, IntoACategoryOfOneLenderIsOneToo) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m) {
        company.add(m, 10, -800, "Interest", "Savings Bank");
        company.add(m, 10, -2000, "Loan repayment", "Savings Bank");
    }
    const std::size_t entry = entry_of(company, 20, "Acorn Supply");
    company.entries[entry].category = "Loan repayment";
    EXPECT_EQ(FindingsOf(company).holding(), at("miscategorized", entry));
}

TEST(Misposted, ACounterpartyOfTwoCategoriesIsNone) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m) company.add(m, 8, -900, m % 3 ? "Office supplies" : "Software", "Megastore");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Misposted, BonusesBesideSalariesAreNone) {
    Company company = steady_company();
    for (const char* person : {"J. Moss", "P. Lind", "R. Vega"}) company.add(11, 22, -3000, "Bonuses", person);
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Misposted, AHeadingOfItsOwnIsNone) {
    Company company = steady_company();
    company.entries[entry_of(company, 20, "Acorn Supply")].category = "Trade fair";
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Misposted, AnotherSpellingIsTheSameCategory) {
    Company company = steady_company();
    company.entries[entry_of(company, 20, "Acorn Supply")].category = "MATERIALS";
    for (int m = 0; m < 24; ++m) company.add(m, 9, -800, "MATERIALS", "Elm Goods");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Misposted, MovedForGoodIsNone) {
    Company company = steady_company();
    for (int m = 22; m < 24; ++m) company.entries[entry_of(company, m, "Harbor Estates")].category = "Office supplies";
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Misposted, ARefundUnderRefundsIsNone) {
    Company company = steady_company();
    for (int m = 4; m < 12; ++m) company.add(m, 9, 700, "Refunds received", "Cedar Goods");
    company.add(20, 25, 1200, "Refunds received", "Acorn Supply");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}
