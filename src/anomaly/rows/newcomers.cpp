// A large first payment to someone never paid before, and not paid again.
#include <algorithm>

#include "anomaly/rows/history.hpp"

namespace fin::anomaly {

namespace {

constexpr ledger::Day settled_days = 90;  // before that every counterparty is new

}  // namespace

void find_newcomer(History& history, Party& party, Suspects& out) {
    const auto rows = party.rows();
    const Index row = rows.front();
    if (history.inflow(row) || history.size(row) < history.watched(Kind::new_counterparty)) return;
    const auto kind = history.ledger.kind[row];
    if (kind != ledger::Kind::cogs && kind != ledger::Kind::opex && kind != ledger::Kind::other) return;
    const ledger::Day since = history.day(row) - history.ledger.day.front();
    if (since < settled_days) return;
    // Paid again, a third of it or more: a supplier under contract. Given back: nothing is lost.
    for (const Index later : rows.subspan(1))
        if (history.size(later) >= history.size(row) / 3) return;
    const CategoryLevel level = history.category_level(row);
    if (level.rows >= 4 && history.size(row) < 1.5 * level.median) return;
    Suspect suspect;
    suspect.kind = Kind::new_counterparty;
    suspect.row = row;
    // Of the days that the ledger has run without one.
    suspect.p = std::clamp(1.0 / static_cast<double>(since), 1e-9, 1.0);
    suspect.at_stake = history.size(row);
    suspect.expected = level.rows >= 4 ? -ledger::Money::of(level.median) : ledger::Money{};
    suspect.holds = true;
    suspect.level = level.median;
    suspect.of = static_cast<int>(level.rows);
    out.push_back(suspect);
}

}  // namespace fin::anomaly
