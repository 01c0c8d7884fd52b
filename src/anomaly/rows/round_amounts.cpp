// Large round sums in a ledger that is not round: for the watch list, four of five honest ledgers have them.
#include <algorithm>

#include "anomaly/rows/history.hpp"

namespace fin::anomaly {

namespace {

// Zeros at the end of an amount in whole units, beyond its first digit's place at most: 5,000 has three.
int zeros(ledger::Money amount) {
    std::int64_t units = amount.abs().units;
    if (units == 0 || units % ledger::Money::scale != 0) return 0;
    units /= ledger::Money::scale;
    int count = 0;
    for (; units % 10 == 0; units /= 10) ++count;
    return count;
}

constexpr double rare = 0.01;

}  // namespace

void find_round_amounts(History& history, Suspects& out) {
    const auto& ledger = history.ledger;
    std::vector<double> round_of(history.parties.count());
    double round = 0;
    Pulse pulse(history.setting.check);
    const auto is_round = [&](Index row) { return zeros(ledger.amount[row]) >= 3; };
    for (std::size_t group = 0; group < history.parties.count(); ++group)
        for (const Index row : history.parties.of(group)) {
            pulse();
            round_of[group] += is_round(row);
            round += is_round(row);
        }
    const auto n = static_cast<double>(ledger.size());
    if (round == 0 || round > rare * n + 1) return;
    for (std::size_t group = 0; group < history.parties.count(); ++group) {
        if (round_of[group] == 0) continue;
        const auto rows = history.parties.of(group);
        for (const Index row : rows) {
            pulse();
            if (!is_round(row) || !is_flow(ledger.kind[row]) || history.size(row) < history.watched(Kind::round_amount))
                continue;
            // The counterparty's habit, weighed against the ledger's as ten rows of it.
            Suspect suspect;
            suspect.kind = Kind::round_amount;
            suspect.row = row;
            suspect.p = (round_of[group] - 1 + 10 * round / n) / (static_cast<double>(rows.size()) + 9);
            suspect.at_stake = history.size(row);
            suspect.count = static_cast<int>(round) - 1;
            suspect.of = static_cast<int>(ledger.size()) - 1;
            if (suspect.p <= rare) out.push_back(suspect);
        }
    }
}

}  // namespace fin::anomaly
