// One purchase in several payments: each just under a round limit, within days, together above it.
#include <algorithm>

#include "anomaly/round_limits.hpp"
#include "anomaly/rows/history.hpp"

namespace fin::anomaly {

namespace {

constexpr ledger::Day close_days = 4;
constexpr std::size_t fewest = 3;
// The share of payments that lie just under one given limit by chance, where amounts have no habit: the bands of a
// decade cover 23 % of it, a fifth of that each.
constexpr double by_chance = 0.05;
constexpr double borrowed = 10;  // payments that this share counts as, beside the counterparty's own

struct Cluster {
    std::size_t from, to;  // places
    double limit;
};

}  // namespace

void find_splits(History& history, Party& party, Suspects& out) {
    const auto rows = party.rows();
    if (rows.size() < fewest) return;
    const auto limit_of = [&](std::size_t at) {
        return history.inflow(rows[at]) ? 0.0 : limit_above(history.size(rows[at]));
    };
    std::vector<Cluster> clusters;
    for (std::size_t i = 0; i < rows.size();) {
        const double limit = limit_of(i);
        std::size_t end = i + 1;
        if (limit > 0)
            while (end < rows.size() && history.day(rows[end]) - history.day(rows[i]) <= close_days &&
                   limit_of(end) == limit)
                ++end;
        // Equal amounts are instalments or duplicates; a split has sums of its own.
        if (end - i >= fewest && history.size(rows[i]) != history.size(rows[i + 1]))
            clusters.push_back({i, end, limit});
        i = end - i >= fewest ? end : i + 1;
    }
    // One time is odd; more often it is this counterparty's way.
    if (clusters.size() != 1) return;
    const auto [from, to, limit] = clusters.front();
    const auto count = static_cast<double>(to - from);
    if (!is_flow(history.ledger.kind[rows[from]])) return;
    double sum = 0, under = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i >= from && i < to)
            sum += history.size(rows[i]);
        else
            under += limit_of(i) == limit;
    }
    if (sum < history.watched(Kind::split_payment) || under >= count) return;
    const double others = static_cast<double>(rows.size()) - count;
    const double share = (under + borrowed * by_chance) / (others + borrowed);
    for (std::size_t i = from; i < to; ++i) {
        Suspect suspect;
        suspect.kind = Kind::split_payment;
        suspect.row = rows[i];
        suspect.other = rows[from];
        suspect.p = std::clamp(std::pow(share, count - 1), 1e-9, 1.0);  // the first one may lie anywhere
        suspect.at_stake = sum;
        suspect.expected = -ledger::Money::of(sum);
        suspect.holds = true;
        suspect.level = limit;
        suspect.count = static_cast<int>(count);
        suspect.of = static_cast<int>(rows.size());
        out.push_back(suspect);
    }
}

}  // namespace fin::anomaly
