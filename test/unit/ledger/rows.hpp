// Ledgers for tests, written row by row.
#pragma once
#include <string>
#include <vector>

#include "ledger/builder.hpp"

namespace fin::ledger::test {

struct Line {
    Day day;
    double amount;
    std::string category, counterparty, account = {}, currency = {};
    std::optional<double> balance = {};
    std::string description = {};
};

inline void add(Builder& builder, const Line& line, std::int32_t row_no) {
    Row row;
    row.row_no = row_no;
    row.booked_on = line.day;
    row.amount = Money::of(line.amount);
    row.category = line.category;
    row.counterparty = line.counterparty;
    row.account = line.account;
    row.currency = line.currency;
    row.description = line.description;
    if (line.balance) row.balance = Money::of(*line.balance);
    builder.add(row);
}

inline Ledger ledger_of(const std::vector<Line>& lines) {
    Builder builder;
    std::int32_t row_no = 0;
    for (const Line& line : lines) add(builder, line, ++row_no);
    return builder.build().ledger;
}

}  // namespace fin::ledger::test
