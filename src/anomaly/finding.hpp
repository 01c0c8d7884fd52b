// One thing in a ledger that is not as it should be (taxonomy, section 2), and what every ledger test reads.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interrupt.hpp"
#include "ledger/ledger.hpp"
#include "ledger/monthly.hpp"
#include "ledger/recurring.hpp"
#include "severity.hpp"

namespace fin::anomaly {

enum class Kind : std::uint8_t {
    duplicate,
    amount_outlier,
    sign_error,
    split_payment,
    new_counterparty,
    miscategorized,
    round_amount,
    off_calendar,
    missing_recurring,
    amount_change,
    level_shift,
    gap,
    benford,
    stale_balance
};
inline constexpr std::size_t kind_count = 14;
std::string_view name(Kind kind);  // the word of the taxonomy
std::optional<Kind> kind_named(std::string_view word);

struct Finding {
    Kind kind = Kind::duplicate;
    std::optional<std::uint32_t> row;  // index into the ledger's columns; absent where no row stands for it
    ledger::Day booked_on = 0;  // of the row; the expected date of what is missing; the first day of a shift or gap
    std::optional<ledger::Money> amount;  // signed; of the row, or of what is missing; absent for the ledger as a whole
    ledger::Code category = ledger::no_code, counterparty = ledger::no_code;
    // The chance of anything as odd in this ledger by its own habits; what scores are made of and combined by.
    double p = 1;
    double score = 0;  // 0..1, comparable between kinds, not falling as p falls and as the money at stake grows
    Severity severity = Severity::low;
    ledger::Code home = ledger::no_code;    // of a row in a wrong category: where it belongs
    std::optional<ledger::Money> expected;  // what would have been usual, signed as amount
    ledger::Money at_stake;                 // >= 0: what is lost or misstated if it is wrong
    std::string reason_en, reason_ru;       // one sentence: what was expected, what was found, why it is odd
};

// How strict each kind's test is: 1 as shipped; above 1 asks for more oddity and more money. What fin_recalibrate
// learns, within [0.5, 4].
using Strictness = std::map<Kind, double>;

struct Dismissal;  // dismissal.hpp

// What the tests read; everything outlives the call.
struct Setting {
    const ledger::Ledger& ledger;  // with kinds
    const ledger::Monthly& monthly;
    const std::vector<ledger::RecurringSeries>& recurring;
    double month_expenses = 0;  // E of a median complete month (of turnover where nothing is spent): materiality
    std::uint64_t seed = 0;     // from the content hash
    const Strictness& strictness;
    const InterruptCheck& check;
    const std::vector<Dismissal>* dismissed = nullptr;  // left out by find_anomalies

    double strict(Kind kind) const {
        const auto found = strictness.find(kind);
        return found == strictness.end() ? 1.0 : found->second;
    }
};

// Findings that point at a row (row_findings/): duplicate to off_calendar.
std::vector<Finding> find_in_rows(const Setting& setting);
// Findings of what is missing, of series and of the ledger as a whole: missing_recurring to stale_balance.
std::vector<Finding> find_in_series(const Setting& setting);
// Both; combined (a row is listed under its strongest kind, its score raised by what the other tests say), most money
// and highest score first within a severity, most severe first. Same ledger, same seed, same findings.
std::vector<Finding> find_anomalies(const Setting& setting);

}  // namespace fin::anomaly
