// A large first payment to someone never paid before, and not paid again.
#include <algorithm>

#include "anomaly/rows/history.hpp"

namespace fin::anomaly {

namespace {

constexpr ledger::Day settled_days = 90;  // before that every counterparty is new
constexpr std::size_t fewest = 4;         // other rows of a category that has a level

}  // namespace

void find_newcomer(History& history, Party& party, Suspects& out) {
    const auto rows = party.rows();
    const Index row = rows.front();
    if (history.inflow(row) || history.size(row) < history.watched(Kind::new_counterparty)) return;
    const auto kind = history.ledger.kind[row];
    if (!ledger::is_expense(kind) && kind != ledger::Kind::other) return;
    const ledger::Day since = history.day(row) - history.ledger.day.front();
    if (since < settled_days) return;
    // Paid again, a third of it or more: a supplier under contract. Given back: nothing is lost.
    for (const Index later : rows.subspan(1))
        if (history.size(later) >= history.size(row) / 3) return;
    const CategoryLevel level = history.category_level(row);
    // A sum that is usual in its category is odd for nobody; and who is taken on to the payroll earns what others do.
    if (level.rows >= fewest && history.size(row) < 1.5 * level.median) return;
    if (kind == ledger::Kind::payroll && history.size(row) < 1.5 * level.largest) return;
    Suspect suspect;
    suspect.kind = Kind::new_counterparty;
    suspect.row = row;
    // Of the days that the ledger has run without one.
    suspect.p = std::clamp(1.0 / static_cast<double>(since), 1e-9, 1.0);
    suspect.at_stake = history.size(row);
    suspect.expected = level.rows >= fewest ? -ledger::Money::of(level.median) : ledger::Money{};
    // A heading that was made for it says what it is for: insurance once a year, a move, a fair.
    suspect.holds = level.rows >= fewest;
    suspect.level = level.median;
    suspect.of = static_cast<int>(level.rows);
    out.push_back(suspect);
}

}  // namespace fin::anomaly
