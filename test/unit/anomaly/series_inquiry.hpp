// Asks find_in_series about a company made for tests.
#pragma once
#include <algorithm>

#include "anomaly/finding.hpp"
#include "support/company.hpp"

namespace fin::anomaly::test {

using fin::test::Company;
using fin::test::Entry;
using fin::test::make;
using fin::test::Noise;
using fin::test::Plan;

// Everything find_in_series reads, of rows in any order.
class Inquiry {
public:
    explicit Inquiry(const Company& company, const std::vector<std::string>& accounts = {},
                     const std::vector<double>& balances = {}) {
        std::optional<ledger::Money> opening;
        if (company.opening) opening = ledger::Money::of(*company.opening);
        ledger::Builder builder({}, {}, opening);
        for (std::size_t i = 0; i < company.entries.size(); ++i) {
            const Entry& entry = company.entries[i];
            ledger::Row row;
            row.row_no = static_cast<std::int32_t>(i) + 1;
            row.booked_on = entry.day;
            row.amount = ledger::Money::of(entry.amount);
            row.currency = "EUR";
            row.category = entry.category;
            row.counterparty = entry.counterparty;
            if (!accounts.empty()) row.account = accounts[i];
            if (!balances.empty()) row.balance = ledger::Money::of(balances[i]);
            builder.add(row);
        }
        ledger_ = builder.build().ledger;
        if (ledger_.empty()) return;
        ledger::assign_kinds(ledger_);
        monthly_ = ledger::by_month(ledger_);
        recurring_ = ledger::find_recurring(ledger_);
        std::vector<double> expenses;
        for (int i = 0; i < monthly_.complete; ++i)
            expenses.push_back(monthly_.months[static_cast<std::size_t>(i)].expenses().value());
        std::sort(expenses.begin(), expenses.end());
        if (!expenses.empty()) month_expenses_ = expenses[expenses.size() / 2];
    }
    Inquiry(const Inquiry&) = delete;

    std::vector<Finding> find(const InterruptCheck& check = never_interrupted) const {
        return find_in_series({ledger_, monthly_, recurring_, month_expenses_, 1, strictness, check});
    }
    std::vector<Finding> find(Kind kind) const {
        auto found = find();
        std::erase_if(found, [&](const Finding& finding) { return finding.kind != kind; });
        return found;
    }
    const ledger::Ledger& ledger() const { return ledger_; }
    std::string payee(const Finding& finding) const {
        return std::string(ledger_.counterparties.text(finding.counterparty));
    }
    std::string category(const Finding& finding) const {
        return std::string(ledger_.categories.text(finding.category));
    }

    Strictness strictness;

private:
    ledger::Ledger ledger_;
    ledger::Monthly monthly_;
    std::vector<ledger::RecurringSeries> recurring_;
    double month_expenses_ = 0;
};

inline std::size_t grave(const std::vector<Finding>& findings) {
    return static_cast<std::size_t>(std::count_if(
        findings.begin(), findings.end(), [](const Finding& finding) { return finding.severity >= Severity::medium; }));
}

// What every finding of find_in_series owes its reader.
inline void expect_well_formed(const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) {
        EXPECT_FALSE(finding.row.has_value());
        EXPECT_FALSE(finding.reason_en.empty());
        EXPECT_FALSE(finding.reason_ru.empty());
        EXPECT_GE(finding.p, 0);
        EXPECT_LE(finding.p, 1);
        EXPECT_GE(finding.score, 0);
        EXPECT_LE(finding.score, 1);
        EXPECT_GE(finding.at_stake.units, 0);
        EXPECT_GE(static_cast<int>(finding.kind), static_cast<int>(Kind::missing_recurring));
    }
}

}  // namespace fin::anomaly::test
