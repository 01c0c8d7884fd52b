// What counts how much: each oddity found, and the habits that look like one.
#include "risk/robust_flows.hpp"

#include <algorithm>

#include "support/company.hpp"

using namespace fin;
using namespace fin::risk;
using fin::test::Company;
using fin::test::Plan;
using fin::test::Study;

namespace {

Company steady() {
    Plan plan;
    plan.months = 24;
    return make(plan);
}

struct Flows {
    explicit Flows(const Company& company) : study(company), flows(robust_flows(study.ledger(), 71000)) {}

    // Kinds of the adjusted rows, in order of row.
    std::string oddities() const {
        std::string text;
        for (const auto& each : flows.adjusted) text += std::string(name(each.oddity)) + " ";
        return text;
    }
    std::size_t row(std::size_t entry) const {
        const auto& numbers = study.ledger().row_no;
        return static_cast<std::size_t>(std::ranges::find(numbers, static_cast<std::int32_t>(entry + 1)) -
                                        numbers.begin());
    }

    Study study;
    RobustFlows flows;
};

std::size_t entry_of(const Company& company, int m, const std::string& counterparty) {
    for (std::size_t i = 0; i < company.entries.size(); ++i)
        if (company.entries[i].counterparty == counterparty &&
            ledger::month_of(company.entries[i].day) == Company::month(m))
            return i;
    return company.entries.size();
}

}  // namespace

TEST(RobustFlows, LeaveASteadyLedgerAsItIs) {
    const Flows flows(steady());
    EXPECT_EQ(flows.oddities(), "");
    for (std::size_t i = 0; i < flows.study.ledger().size(); ++i)
        ASSERT_EQ(flows.flows.amount[i], flows.study.ledger().amount[i].value());
}

TEST(RobustFlows, ADuplicateCountsOnce) {
    Company company = steady();
    company.entries.push_back(company.entries[entry_of(company, 20, "Borealis")]);
    company.entries.back().day += 3;
    const Flows flows(company);
    EXPECT_EQ(flows.oddities(), "duplicate ");
    EXPECT_EQ(flows.flows.amount[flows.row(company.entries.size() - 1)], 0);
    // Five days apart are two payments.
    company.entries.back().day += 2;
    EXPECT_EQ(Flows(company).oddities(), "");
}

TEST(RobustFlows, EqualClosePaymentsThatComeBackAreAHabit) {
    Company company = steady();
    for (int m = 0; m < 24; ++m)
        for (const int day : {10, 12}) company.add(m, day, -1200, "Software", "Cloudworks");
    EXPECT_EQ(Flows(company).oddities(), "");
}

TEST(RobustFlows, ADuplicatePaidBackIsSettled) {
    Company company = steady();
    company.add(20, 3, -6000, "Rent", "Harbor Estates");
    company.add(20, 17, 6000, "Rent", "Harbor Estates");
    EXPECT_EQ(Flows(company).oddities(), "");
}

TEST(RobustFlows, ATurnedSignCountsByItsHabit) {
    for (const char* party : {"Borealis", "Acorn Supply", "Harbor Estates"}) {
        Company company = steady();
        const std::size_t entry = entry_of(company, 20, party);
        const double amount = company.entries[entry].amount;
        company.entries[entry].amount = -amount;
        const Flows flows(company);
        EXPECT_EQ(flows.oddities(), "sign_error ") << party;
        EXPECT_NEAR(flows.flows.amount[flows.row(entry)], amount, 0.01) << party;
        // The kind of its other payments: money in, materials, rent.
        const auto kind = amount > 0        ? ledger::Kind::revenue
                          : party[0] == 'A' ? ledger::Kind::cogs
                                            : ledger::Kind::opex;
        EXPECT_EQ(flows.flows.kind[flows.row(entry)], kind) << party;
    }
}

TEST(RobustFlows, ARefundIsNoTurnedSign) {
    Company company = steady();
    company.add(20, 25, -2000, "Sales", "Borealis");      // under a third of its payment
    company.add(21, 12, 6000, "Rent", "Harbor Estates");  // equal to the rent, which is paid as ever
    EXPECT_EQ(Flows(company).oddities(), "");
}

TEST(RobustFlows, AWrongCategoryCountsInTheHabitualOne) {
    Company company = steady();
    const std::size_t entry = entry_of(company, 20, "Acorn Supply");
    company.entries[entry].category = "Salaries";
    const Flows flows(company);
    EXPECT_EQ(flows.oddities(), "miscategorized ");
    EXPECT_EQ(flows.study.ledger().categories.text(flows.flows.category[flows.row(entry)]), "Materials");
    EXPECT_NE(flows.flows.kind[flows.row(entry)], ledger::Kind::payroll);
}

TEST(RobustFlows, AnOutlierCountsAtItsLevel) {
    Company company = steady();
    const std::size_t entry = entry_of(company, 20, "Acorn Supply");
    const double amount = company.entries[entry].amount;
    company.entries[entry].amount = 12 * amount;
    const Flows flows(company);
    EXPECT_EQ(flows.oddities(), "amount_outlier ");
    EXPECT_NEAR(flows.flows.amount[flows.row(entry)], amount, 0.1 * std::abs(amount));
    company.entries[entry].amount = 5 * amount;
    EXPECT_EQ(Flows(company).oddities(), "");
}

TEST(RobustFlows, ALargeFirstPaymentToANewCounterpartyDoesNotCount) {
    Company company = steady();
    company.add(20, 12, -25000, "Marketing", "Quickfix Holdings");
    const Flows flows(company);
    EXPECT_EQ(flows.oddities(), "new_counterparty ");
    EXPECT_EQ(flows.flows.amount[flows.row(company.entries.size() - 1)], 0);
    // Paid again: a supplier.
    company.add(21, 12, -24000, "Marketing", "Quickfix Holdings");
    EXPECT_EQ(Flows(company).oddities(), "");
}

TEST(RobustFlows, SplitPaymentsDoNotCount) {
    Company company = steady();
    for (const double amount : {4900.0, 4750.0, 4820.0}) company.add(20, 12, -amount, "Marketing", "Brightads");
    EXPECT_EQ(Flows(company).oddities(), "split_payment split_payment split_payment ");
}

TEST(RobustFlows, FindingsOfAnomaliesAreHeldOutToo) {
    Company company = steady();
    const std::size_t entry = entry_of(company, 20, "Acorn Supply");
    const Study study(company);
    const auto row = static_cast<std::uint32_t>(
        std::ranges::find(study.ledger().row_no, static_cast<std::int32_t>(entry + 1)) - study.ledger().row_no.begin());
    anomaly::Finding finding;
    finding.kind = anomaly::Kind::duplicate;
    finding.row = row;
    finding.severity = Severity::medium;
    const auto with = [&] {
        const std::vector<anomaly::Finding> findings = {finding};
        return robust_flows(study.ledger(), 71000, never_interrupted, &findings);
    };
    EXPECT_EQ(with().amount[row], 0);
    EXPECT_EQ(with().adjusted.size(), 1U);

    finding.kind = anomaly::Kind::sign_error;
    EXPECT_EQ(with().amount[row], -company.entries[entry].amount);

    finding.kind = anomaly::Kind::amount_outlier;
    finding.expected = ledger::Money::of(-777);
    EXPECT_EQ(with().amount[row], -777);

    finding.kind = anomaly::Kind::miscategorized;
    finding.home = study.ledger().category[row];
    EXPECT_EQ(with().category[row], finding.home);
    EXPECT_EQ(with().amount[row], company.entries[entry].amount);

    // The watch list and kinds that say nothing of money are no reason.
    finding.kind = anomaly::Kind::off_calendar;
    EXPECT_TRUE(with().adjusted.empty());
    finding.kind = anomaly::Kind::duplicate;
    finding.severity = Severity::low;
    EXPECT_TRUE(with().adjusted.empty());
}

TEST(RobustFlows, SmallRowsAreLeftAlone) {
    Company company = steady();
    company.add(20, 6, -300, "Office supplies", "Stationer");
    company.add(20, 7, -300, "Office supplies", "Stationer");
    EXPECT_EQ(Flows(company).oddities(), "");
}
