// Paid twice: equal payments of one counterparty within four days, where nothing says that it bills so.
#include <algorithm>
#include <numbers>
#include <numeric>
#include <unordered_map>

#include "anomaly/rows/history.hpp"

namespace fin::anomaly {

namespace {

constexpr ledger::Day close_days = 4;
// Payments of other counterparties that a counterparty's own history is weighed against: with 20 payments of its own
// its habit counts as much as the ledger's.
constexpr double borrowed = 20;

struct Pair {
    Index first, second;
    std::size_t run;  // which of the runs of one amount
};

// The rows of one amount, in order of day.
struct Run {
    std::span<const Index> rows;
    bool steady = false;  // at its pace, a second payment within days is not to be expected
};

// Equal payments at a steady pace, beyond the days that count as close: 60 % of the gaps within a quarter of the
// median.
bool is_steady(const History& history, std::span<const Index> rows, std::size_t fewest = 4) {
    if (rows.size() < fewest) return false;
    std::vector<double> gaps;
    for (std::size_t i = 1; i < rows.size(); ++i) gaps.push_back(history.day(rows[i]) - history.day(rows[i - 1]));
    std::vector<double> sorted = gaps;
    const double gap = middle_of(sorted);
    const auto steady =
        std::ranges::count_if(gaps, [&](double each) { return std::abs(each - gap) <= std::max(1.0, gap / 4); });
    return gap > close_days && static_cast<double>(steady) >= 0.6 * static_cast<double>(gaps.size());
}

// How often payments of one amount would fall close together by chance.
class Chance {
public:
    Chance(const History& history, const std::vector<Run>& runs) : history_(history), runs_(runs) {
        by_runs_.reserve(runs.size());
        for (const Run& run : runs) {
            by_runs_.push_back(run.steady ? 0 : expected(run, run.rows.size()));
            all_runs_ += by_runs_.back();
        }
    }

    // Expected coincidences of days among the counterparty's equal payments, were the second of the pair not there.
    double of_days(const Pair& pair) const {
        const Run& run = runs_[pair.run];
        const double own = run.steady || is_steady_without(run, pair.second) ? 0 : expected(run, run.rows.size() - 1);
        return std::max(0.0, all_runs_ - by_runs_[pair.run]) + own;
    }

private:
    // Three payments at a pace tell it, with a fourth one between them they do not.
    bool is_steady_without(const Run& run, Index row) const {
        if (run.rows.size() > 12) return false;
        std::vector<Index> others;
        for (const Index each : run.rows)
            if (each != row) others.push_back(each);
        return is_steady(history_, others, 3);
    }

    // Payments of one amount on days by chance.
    double expected(const Run& run, std::size_t rows) const {
        if (rows < 2) return 0;
        const auto n = static_cast<double>(rows);
        const double span = history_.day(run.rows.back()) - history_.day(run.rows.front());
        return n * (n - 1) / 2 * (2 * close_days + 1) / std::max(30.0, span * n / (n - 1));
    }

    const History& history_;
    const std::vector<Run>& runs_;
    std::vector<double> by_runs_;
    double all_runs_ = 0;
};

// Pairs come back: on their own, or as two series of the same amount that always run side by side.
bool is_habit(const History& history, std::size_t rows, const std::vector<Pair>& pairs) {
    const double n = static_cast<double>(rows), share = static_cast<double>(pairs.size()) / n;
    if ((pairs.size() >= 3 && share > 0.1) || (pairs.size() == 2 && share > 0.2)) return true;
    for (std::size_t i = 1; i < pairs.size(); ++i) {
        const auto &one = pairs[i - 1], &next = pairs[i];
        const auto apart = [&](const Pair& pair) { return history.day(pair.second) - history.day(pair.first); };
        if (history.amount(one.first) == history.amount(next.first) && apart(one) == apart(next) &&
            history.day(next.first) - history.day(one.first) <= 70)
            return true;
    }
    return false;
}

}  // namespace

// Sums counted in tens meet more often than sums counted in cents: a normal density of the spread of amounts, in steps
// of their greatest common divisor, for every two payments that are close.
double expected_collisions(const History& history, std::span<const Index> rows) {
    constexpr std::size_t fewest = 5;  // to have a spread
    if (rows.size() < fewest) return 0;
    std::int64_t step = 0;
    std::vector<double> sizes;
    std::vector<Index> large;
    Pulse pulse(history.setting.check);
    for (const Index row : rows) {
        pulse();
        step = std::gcd(step, history.ledger.amount[row].abs().units);
        if (history.size(row) < history.floor(Kind::duplicate)) continue;
        sizes.push_back(history.size(row));
        large.push_back(row);
    }
    if (sizes.size() < fewest || step == 0) return 0;
    const double middle = middle_of(sizes);
    for (double& each : sizes) each = std::abs(each - middle);
    const double spread = 1.4826 * middle_of(sizes);
    if (spread <= 0) return 0;  // equal amounts: is_steady and the days tell
    // Equal ones are what is asked about.
    double close_pairs = 0;
    std::unordered_map<std::int64_t, int> near;  // by amount
    for (std::size_t i = 0, from = 0; i < large.size(); ++i) {
        pulse();
        for (; history.day(large[i]) - history.day(large[from]) > close_days; ++from)
            --near[history.ledger.amount[large[from]].units];
        int& equal = near[history.ledger.amount[large[i]].units];
        close_pairs += static_cast<double>(i - from) - equal;
        ++equal;
    }
    return close_pairs * std::min(1.0, ledger::Money{step}.value() / (2 * std::sqrt(std::numbers::pi) * spread));
}

void find_duplicates(History& history, Party& party, Suspects& out) {
    const auto rows = party.rows();
    if (rows.size() < 2) return;
    const auto& amounts = history.ledger.amount;
    std::vector<Index> sorted(rows.begin(), rows.end());
    Pulse pulse(history.setting.check);
    std::ranges::stable_sort(sorted, [&](Index a, Index b) {
        pulse();
        return amounts[a] < amounts[b];
    });
    std::vector<Pair> pairs;
    std::vector<Run> runs;
    for (std::size_t i = 0, end = 0; i < sorted.size(); i = end) {
        while (end < sorted.size() && amounts[sorted[end]] == amounts[sorted[i]]) ++end;
        if (end - i < 2) continue;
        for (std::size_t j = i + 1; j < end; ++j)
            if (history.day(sorted[j]) - history.day(sorted[j - 1]) <= close_days)
                pairs.push_back({sorted[j - 1], sorted[j], runs.size()});
        runs.push_back({std::span(sorted).subspan(i, end - i)});
    }
    if (pairs.empty() || is_habit(history, rows.size(), pairs)) return;

    std::optional<Chance> chance;
    std::optional<double> collisions;
    const double others = static_cast<double>(rows.size()) - 1;
    const double usual = 0.5 / static_cast<double>(history.ledger.size());
    for (const Pair& pair : pairs) {
        if (!is_flow(history.ledger.kind[pair.second]) || history.size(pair.second) < history.watched(Kind::duplicate))
            continue;
        // Paid, given back and paid again, or given back afterwards: one payment is left.
        if (party.is_paid_back(pair.first)) continue;
        if (!chance) {
            const bool steady = is_steady(history, rows);
            for (Run& run : runs) run.steady = steady || is_steady(history, run.rows);
            chance.emplace(history, runs);
        }
        const double by_habit = (static_cast<double>(pairs.size()) - 1 + borrowed * usual) / (others + borrowed);
        Suspect suspect;
        suspect.kind = Kind::duplicate;
        suspect.row = pair.second;
        suspect.other = pair.first;
        // Few counterparties are paid equal sums at no pace: such a coincidence has a fifth of a ledger's chances.
        suspect.p = std::clamp(std::max(by_habit, chance->of_days(pair) / 5), 1e-9, 1.0);
        if (!collisions) collisions = expected_collisions(history, rows);
        suspect.collisions = *collisions;
        suspect.at_stake = history.size(pair.second);
        suspect.expected = ledger::Money{};
        suspect.holds = true;
        suspect.count = static_cast<int>(pairs.size());
        suspect.of = static_cast<int>(rows.size());
        out.push_back(suspect);
    }
}

}  // namespace fin::anomaly
