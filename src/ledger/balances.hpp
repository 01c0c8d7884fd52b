// What a balance column says: the cash before the first row, and how well it agrees with the amounts.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "interrupt.hpp"
#include "ledger/ledger.hpp"

namespace fin::ledger {

inline constexpr std::int64_t no_balance = std::numeric_limits<std::int64_t>::min();

// One account in one currency, in the order of (booked_on, row_no).
struct AccountRows {
    std::vector<Day> day;
    std::vector<std::int64_t> amount, balance;  // in ten-thousandths; no_balance where the row states none
};

struct Reconciled {
    std::optional<Money> opening;  // nullopt: most rows contradict the column
    Money gap;                     // greatest |balance stated - balance computed|
};

// nullopt where no row states a balance. Files written newest first are recognised by reconciling better when the rows
// of one day are read from the last to the first; files that keep no order within a day, by the closing balances of
// days.
std::optional<Reconciled> reconcile(const AccountRows& account);

}  // namespace fin::ledger
