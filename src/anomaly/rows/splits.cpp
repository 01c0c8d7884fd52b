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
    std::size_t from, to;  // places among the payments under its limit
    double limit;
};

// How many other payments are to be expected under the limit: those that are there, or half of those as far away on
// either side of the band, where amounts run smoothly through it.
double usual_under(const History& history, std::span<const Index> rows, double limit, double in_cluster) {
    double under = -in_cluster, beside = 0;
    for (const Index row : rows) {
        const double size = history.size(row) / limit;
        if (history.inflow(row) || size < 0.81 || size >= 1.11) continue;
        (size >= 0.9 && size < 1 ? under : beside) += 1;
    }
    return std::max(under, beside / 2);
}

// How many ways there are to take so many of the payments from within the days.
double meetings(const History& history, std::span<const Index> rows, std::size_t count) {
    double sum = 0;
    for (std::size_t i = 0, from = 0; i < rows.size(); ++i) {
        while (history.day(rows[i]) - history.day(rows[from]) > close_days) ++from;
        const auto before = static_cast<double>(i - from);
        double ways = 1;  // before over count - 1
        for (std::size_t k = 0; k + 1 < count; ++k)
            ways *= std::max(0.0, before - static_cast<double>(k)) / (static_cast<double>(k) + 1);
        sum += ways;
    }
    return sum;
}

}  // namespace

void find_splits(History& history, Party& party, Suspects& out) {
    const auto rows = party.rows();
    if (rows.size() < fewest) return;
    std::vector<std::pair<double, Index>> under;  // limit, row: what lies between them in time does not matter
    for (const Index row : rows)
        if (!history.inflow(row) && is_flow(history.ledger.kind[row]))
            if (const double limit = limit_above(history.size(row)); limit > 0) under.emplace_back(limit, row);
    if (under.size() < fewest) return;
    std::ranges::stable_sort(under, {}, &std::pair<double, Index>::first);
    const auto day = [&](std::size_t at) { return history.day(under[at].second); };
    const auto size = [&](std::size_t at) { return history.size(under[at].second); };
    std::vector<Cluster> clusters;
    for (std::size_t i = 0; i < under.size();) {
        std::size_t end = i + 1;
        while (end < under.size() && under[end].first == under[i].first && day(end) - day(i) <= close_days) ++end;
        bool equal = true;  // instalments or duplicates; a split has sums of its own
        for (std::size_t j = i + 1; j < end; ++j) equal = equal && size(j) == size(i);
        if (end - i >= fewest && !equal) clusters.push_back({i, end, under[i].first});
        i = end - i >= fewest ? end : i + 1;
    }
    // One time is odd; more often it is this counterparty's way.
    if (clusters.size() != 1) return;
    const auto [from, to, limit] = clusters.front();
    const auto count = static_cast<double>(to - from);
    double sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += size(i);
    const double near = usual_under(history, rows, limit, count);
    if (sum < history.watched(Kind::split_payment) || near >= count) return;
    const double others = static_cast<double>(rows.size()) - count;
    const double share = (near + borrowed * by_chance) / (others + borrowed);
    // The first one may lie anywhere; the others join it by chance, as often as as many payments fall within the days.
    const double chances = meetings(history, rows, to - from);  // the one that was found among them
    const double p = chances * std::pow(share, count - 1);
    for (std::size_t i = from; i < to; ++i) {
        Suspect suspect;
        suspect.kind = Kind::split_payment;
        suspect.row = under[i].second;
        suspect.other = under[from].second;
        suspect.p = std::clamp(p, 1e-9, 1.0);
        suspect.at_stake = sum;
        suspect.expected = -bounded(sum);
        suspect.holds = true;
        suspect.level = limit;
        suspect.count = static_cast<int>(count);
        suspect.of = static_cast<int>(rows.size());
        out.push_back(suspect);
    }
}

}  // namespace fin::anomaly
