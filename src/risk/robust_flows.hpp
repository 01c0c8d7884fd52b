// The ledger's flows as risks read them: one odd row (a duplicate, a turned sign, a wrong category, an amount far off)
// must not turn a risk on or off. Cash is not read from here: money that left has left.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "anomaly/finding.hpp"
#include "interrupt.hpp"
#include "ledger/ledger.hpp"

namespace fin::risk {

enum class Oddity : std::uint8_t {
    duplicate,
    sign_error,
    split_payment,
    new_counterparty,
    miscategorized,
    amount_outlier
};
std::string_view name(Oddity oddity);  // the anomaly kind of the taxonomy, section 2

struct Adjustment {
    std::uint32_t row;  // index into the ledger's columns
    Oddity oddity;
};

struct RobustFlows {
    // One entry for each row of the ledger.
    std::vector<double> amount;  // signed, as it counts: 0 where the row does not count at all
    std::vector<ledger::Kind> kind;
    std::vector<ledger::Code> category;
    std::vector<Adjustment> adjusted;  // in order of row; a row is adjusted for one reason only
};

// month_expenses: what a usual month costs; rows that are small beside it are left alone (a duplicate, a sign or a
// category of 0.5 % of it, an outlier or split of 3 %, a new counterparty of 20 %).
//
//   duplicate         counts once: the later of two equal payments of one counterparty within 4 days, where it has no
//                     habit of such pairs and the second was not paid back
//   sign_error        counts by its habit: against 90 % of the counterparty's and the category's rows, and no refund
//                     (no equal opposite payment within 90 days, not under a third of a recent one). Where payments are
//                     steady and equal, the row that stands in the place of the payment is no refund of another one.
//   miscategorized    counts in the category of 80 % of the counterparty's rows
//   amount_outlier    counts as the payments around it (median of the nearest three): over 9 times the counterparty's
//                     median, of all its rows or of the nearest seven (with under 3 other rows: the category's), and
//                     1.8 times anything else it paid
//   new_counterparty  does not count: a first and only payment, large for the ledger and the category, after at least
//                     90 days of history, in a ledger where such payments are rare
//   split_payment     does not count: three or more within 4 days, each just under one round limit, no habit
//
// findings: what the tests of anomalies say of rows; those of medium and above are held out in the same ways, where the
// rules above have not settled the row already.
//
// Cost: sorting within each counterparty, otherwise linear.
RobustFlows robust_flows(const ledger::Ledger& ledger, double month_expenses,
                         const InterruptCheck& check = never_interrupted,
                         const std::vector<anomaly::Finding>* findings = nullptr);

}  // namespace fin::risk
