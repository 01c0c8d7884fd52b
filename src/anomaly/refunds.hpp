// Money that comes back: which rows against the habit of a counterparty are refunds, and which payments were returned.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "interrupt.hpp"
#include "ledger/groups.hpp"

namespace fin::anomaly {

inline constexpr ledger::Day refund_days = 90;

// The rows of one counterparty, in order of day. What it looks up more than once is sorted once, so that a
// counterparty of half a million rows costs no more per row than one of ten.
class Party {
public:
    Party(const ledger::Ledger& ledger, std::span<const ledger::Index> rows, const InterruptCheck& check)
        : ledger_(&ledger), rows_(rows), check_(&check) {}

    std::span<const ledger::Index> rows() const { return rows_; }

    // Whether the row at this place gives back what was paid: an equal opposite payment within 90 days, or less than a
    // third of an opposite payment of the 90 days before. Where payments are steady and equal, the row that stands in
    // the place of the payment is no refund of another one.
    bool is_refund(std::size_t at);
    // Whether the row comes on top of payments that go on at their steady pace around it: nothing was turned there.
    bool is_between_payments(std::size_t at) const;
    // Whether an equal opposite row follows within 90 days.
    bool is_paid_back(ledger::Index row);

private:
    using Index = ledger::Index;
    std::int64_t units(Index row) const { return ledger_->amount[row].units; }
    ledger::Day day(Index row) const { return ledger_->day[row]; }
    bool inflow(Index row) const { return units(row) >= 0; }
    bool has_between(std::int64_t units, ledger::Day from, ledger::Day to);
    bool was_larger_lately(std::size_t at) const;
    // The pace of the payments of the opposite direction around a place, where 70 % of the gaps agree on one.
    struct Pace {
        double gap;
        std::optional<ledger::Day> before, after;  // the nearest of them
    };
    std::optional<Pace> pace_around(std::size_t at) const;
    bool stands_for_payment(std::size_t at) const;

    const ledger::Ledger* ledger_;
    std::span<const Index> rows_;
    const InterruptCheck* check_;
    std::vector<std::pair<std::int64_t, ledger::Day>> by_amount_;  // filled when first asked for
};

}  // namespace fin::anomaly
