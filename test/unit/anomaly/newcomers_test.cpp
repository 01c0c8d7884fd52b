// Large first payments, and suppliers that are merely new.
#include "findings_of.hpp"

using namespace fin;
using namespace fin::test;

namespace {

Company with_first_payment(double amount, const std::string& category = "Marketing") {
    Company company = steady_company();
    company.add(20, 12, -amount, category, "Quickfix Holdings");
    return company;
}

}  // namespace

TEST(Newcomers, ALargeFirstAndOnlyPaymentIsOne) {
    const Company company = with_first_payment(25000);
    const FindingsOf findings(company);
    EXPECT_EQ(findings.holding(), at("new_counterparty", company.entries.size() - 1));
    EXPECT_EQ(findings.of(company.entries.size() - 1)->at_stake.text(), "25000.00");
}

TEST(Newcomers, BelowAFifthOfAMonthItIsForTheWatchList) {
    const Company company = with_first_payment(11000);
    const FindingsOf findings(company);
    EXPECT_EQ(findings.holding(), "");
    EXPECT_EQ(findings.watched(), at("new_counterparty", company.entries.size() - 1));
}

TEST(Newcomers, ASupplierUnderContractIsNone) {
    Company company = with_first_payment(25000);
    company.add(21, 12, -24000, "Marketing", "Quickfix Holdings");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Newcomers, InTheFirstQuarterEverybodyIsNew) {
    Company company = steady_company();
    company.add(2, 12, -25000, "Marketing", "Quickfix Holdings");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Newcomers, ASumThatIsUsualInItsCategoryIsNone) {
    Company company = steady_company();
    for (int m = 0; m < 24; m += 2)
        company.add(m, 14, -22000 - 100 * m, "Projects", "Contractor " + std::string(1, static_cast<char>('A' + m)));
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Newcomers, AHeadingMadeForItSaysWhatItIsFor) {
    EXPECT_EQ(FindingsOf(with_first_payment(25000, "Insurance")).holding(), "");
}

TEST(Newcomers, WhoIsTakenOnToThePayrollIsNone) {
    Company company = steady_company();
    for (int m = 0; m < 24; ++m) company.add(m, 28, -16000, "Salaries", "B. Head");
    company.add(23, 28, -16500, "Salaries", "C. Next");
    EXPECT_EQ(FindingsOf(company).holding(), "");
}

TEST(Newcomers, ALedgerOfProjectsHasTheHabit) {
    Company company = steady_company();
    for (int m = 4; m < 24; m += 2)
        company.add(m, 14, -20000 - 1500 * m, "Marketing", "Agency " + std::string(1, static_cast<char>('A' + m)));
    EXPECT_EQ(FindingsOf(company).holding(), "");
}
