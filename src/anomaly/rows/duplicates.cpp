// Paid twice: equal payments of one counterparty within four days, where nothing says that it bills so.
#include <algorithm>

#include "anomaly/rows/history.hpp"

namespace fin::anomaly {

namespace {

constexpr ledger::Day close_days = 4;
// Payments of other counterparties that a counterparty's own history is weighed against: with 20 payments of its own
// its habit counts as much as the ledger's.
constexpr double borrowed = 20;

struct Pair {
    Index first, second;
    std::size_t alike;  // rows of that amount
};

// How often equal payments would fall close together by chance, from what else the counterparty does.
class Chance {
public:
    Chance(const History& history, std::span<const Index> rows, double equal_pairs)
        : history_(history), rows_(rows), equal_pairs_(equal_pairs) {
        std::vector<double> gaps;
        for (std::size_t i = 1, from = 0; i < rows.size(); ++i) {
            while (history.day(rows[i]) - history.day(rows[from]) > close_days) ++from;
            close_pairs_ += static_cast<double>(i - from);
            gaps.push_back(history.day(rows[i]) - history.day(rows[i - 1]));
        }
        std::vector<double> sorted = gaps;
        const double gap = middle_of(sorted);
        const auto steady =
            std::ranges::count_if(gaps, [&](double each) { return std::abs(each - gap) <= std::max(1.0, gap / 4); });
        steady_ = gaps.size() >= 3 && gap > close_days &&
                  static_cast<double>(steady) >= 0.6 * static_cast<double>(gaps.size());
    }

    // Expected coincidences among the counterparty's other payments.
    double of(const Pair& pair) const {
        const double others = static_cast<double>(rows_.size()) - 1;
        if (others < 2) return 0;
        const double pairs = others * (others - 1) / 2;
        const double equal = std::max(0.0, equal_pairs_ - static_cast<double>(pair.alike - 1)) / pairs;
        double close = std::max(0.0, close_pairs_ - near(pair.second));
        if (!steady_) {
            const double span = history_.day(rows_.back()) - history_.day(rows_.front());
            close = std::max(close, pairs * (2 * close_days + 1) / std::max(30.0, span * others / (others - 1)));
        }
        return equal * close;
    }

private:
    // Rows within the days around a row.
    double near(Index row) const {
        const auto from = std::ranges::lower_bound(rows_, history_.day(row) - close_days, {},
                                                   [&](Index each) { return history_.day(each); });
        const auto to = std::ranges::upper_bound(rows_, history_.day(row) + close_days, {},
                                                 [&](Index each) { return history_.day(each); });
        return static_cast<double>(to - from) - 1;
    }

    const History& history_;
    std::span<const Index> rows_;
    double equal_pairs_, close_pairs_ = 0;
    bool steady_ = false;
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

void find_duplicates(History& history, Party& party, Suspects& out) {
    const auto rows = party.rows();
    if (rows.size() < 2) return;
    const auto& amounts = history.ledger.amount;
    std::vector<Index> sorted(rows.begin(), rows.end());
    std::ranges::stable_sort(sorted, {}, [&](Index row) { return amounts[row]; });
    std::vector<Pair> pairs;
    double equal_pairs = 0;
    for (std::size_t i = 0, end = 0; i < sorted.size(); i = end) {
        while (end < sorted.size() && amounts[sorted[end]] == amounts[sorted[i]]) ++end;
        const auto alike = static_cast<double>(end - i);
        equal_pairs += alike * (alike - 1) / 2;
        for (std::size_t j = i + 1; j < end; ++j)
            if (history.day(sorted[j]) - history.day(sorted[j - 1]) <= close_days)
                pairs.push_back({sorted[j - 1], sorted[j], end - i});
    }
    if (pairs.empty() || is_habit(history, rows.size(), pairs)) return;

    std::optional<Chance> chance;
    const double others = static_cast<double>(rows.size()) - 1;
    const double usual = 0.5 / static_cast<double>(history.ledger.size());
    for (const Pair& pair : pairs) {
        if (!is_flow(history.ledger.kind[pair.second]) || history.size(pair.second) < history.watched(Kind::duplicate))
            continue;
        if (party.is_paid_back(pair.second)) continue;
        if (!chance) chance.emplace(history, rows, equal_pairs);
        const double by_habit = (static_cast<double>(pairs.size()) - 1 + borrowed * usual) / (others + borrowed);
        Suspect suspect;
        suspect.kind = Kind::duplicate;
        suspect.row = pair.second;
        suspect.other = pair.first;
        // One coincidence is expected in as many counterparties as its reciprocal; a ledger has some five that matter.
        suspect.p = std::clamp(std::max(by_habit, chance->of(pair) / 5), 1e-9, 1.0);
        suspect.at_stake = history.size(pair.second);
        suspect.expected = ledger::Money{};
        suspect.holds = true;
        suspect.count = static_cast<int>(pairs.size());
        suspect.of = static_cast<int>(rows.size());
        out.push_back(suspect);
    }
}

}  // namespace fin::anomaly
