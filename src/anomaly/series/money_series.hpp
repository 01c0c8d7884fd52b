// Series of a ledger's money by month: totals, and the largest categories and counterparties.
#pragma once
#include <string>
#include <vector>

#include "anomaly/finding.hpp"

namespace fin::anomaly::series {

enum class Scope { revenue, expenses, category, counterparty };

struct MoneySeries {
    Scope scope = Scope::revenue;
    ledger::Code code = ledger::no_code;      // of the category or counterparty
    ledger::Code category = ledger::no_code;  // a counterparty's: of most of its money
    bool inflow = true;
    std::size_t payroll = 0;  // rows of pay
    // By complete month, positive in the direction of most of the money.
    std::vector<double> total, largest;  // largest: of the month's rows
    std::vector<int> rows;
};

// The totals and the largest series by turnover, at most `categories` and `counterparties` of them and none below
// `least` a month on average. Transfers, loans and equity are in none: they have no level. Linear in rows.
std::vector<MoneySeries> money_series(const Setting& setting, std::size_t categories, std::size_t counterparties,
                                      double least);

struct Words {
    std::string en, ru;
};
// 'Category "Rent"', «Категория «Аренда»».
Words name_of(const MoneySeries& series, const ledger::Ledger& ledger);

// Rows of these kinds are part of operations or of what the state and the lenders ask for every month.
bool has_level(ledger::Kind kind);

// The greatest `most` positions of `values` that reach `least`, greatest first.
std::vector<ledger::Code> greatest_codes(const std::vector<double>& values, std::size_t most, double least);

}  // namespace fin::anomaly::series
