// Recurring payments: who pays or is paid at a steady pace.
#pragma once
#include <string_view>
#include <vector>

#include "interrupt.hpp"
#include "ledger/ledger.hpp"

namespace fin::ledger {

enum class Cadence { weekly, biweekly, monthly, bimonthly, quarterly, yearly };
std::string_view name(Cadence cadence);  // "weekly" ...
double per_month(Cadence cadence);       // payments a month: weekly 365.25 / 12 / 7, monthly 1, yearly 1/12

enum class SeriesState { active, overdue, ended };
std::string_view name(SeriesState state);

// Key: account, direction, counterparty.
struct RecurringSeries {
    Code account = no_code, counterparty = no_code, category = no_code;  // category: of most of its rows
    bool inflow = false;
    Kind kind = Kind::other;  // of most of its rows
    Cadence cadence = Cadence::monthly;
    SeriesState state = SeriesState::active;
    int hits = 0;
    bool early = false;        // quarterly and longer on two hits
    bool variable = false;     // amounts beyond 20 % of the median
    Money median_amount, mad;  // signed median; median absolute deviation
    Money monthly_amount;      // median_amount * per_month(cadence)
    Day first = 0, last = 0, next = 0;
    std::vector<std::uint32_t> rows;  // indices into the ledger's columns, in order of day
};

// Cadence by the median gap in days (6-8, 13-16, 28-31, 55-65, 89-95, 364-367); at least 3 hits, 2 for quarterly and
// longer; most gaps must agree with the cadence (three coffees in a week are no series). overdue: past next by more
// than half a cadence at the ledger's end; ended: past by more than two. Sorted by size of monthly_amount, then name.
std::vector<RecurringSeries> find_recurring(const Ledger& ledger, const InterruptCheck& check = never_interrupted);

}  // namespace fin::ledger
