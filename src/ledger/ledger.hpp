// The ledger every engine reads: rows as columns, texts as codes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/calendar.hpp"
#include "ledger/dictionary.hpp"
#include "ledger/kind.hpp"
#include "ledger/money.hpp"

namespace fin::ledger {

// One row as it comes from a table or a file; views live as long as the caller's buffers.
struct Row {
    std::int32_t row_no = 0;  // 1-based number of the data record in the source
    Day booked_on = 0;
    Money amount;
    std::string_view currency, category, counterparty, account, description;  // empty: absent
    std::optional<Money> balance;                                             // of the account after this row
};

// Columns of one currency, sorted by (booked_on, row_no).
// Counterparties that differ only in case, spaces, punctuation or reference numbers share a code (payee.hpp); the
// dictionary keeps the first spelling. A row without counterparty takes its description for one.
struct Ledger {
    std::vector<std::int32_t> row_no;
    std::vector<Day> day;
    std::vector<Money> amount;
    std::vector<Code> category, counterparty, account;
    std::vector<Kind> kind;  // filled by assign_kinds (kinds.hpp)
    Dictionary categories, counterparties, accounts;

    std::string currency;
    std::optional<Money> opening;  // cash before the first row; nullopt: unknown, cash is relative to 0
    std::optional<Money>
        balance_gap;  // greatest disagreement between balance column and amounts; nullopt: no such column

    std::size_t size() const { return day.size(); }
    bool empty() const { return day.empty(); }
    Month first_month() const { return month_of(day.front()); }
    Month last_month() const { return month_of(day.back()); }
};

}  // namespace fin::ledger
