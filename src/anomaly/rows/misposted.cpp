// Wrong categories: a counterparty that is always booked in one, booked in another.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "anomaly/rows/history.hpp"
#include "ledger/fold.hpp"

namespace fin::anomaly {

namespace {

using ledger::Code;

constexpr int fewest_at_home = 5, fewest_residents = 3;
constexpr double stable = 0.8;  // share of the other rows that are at home
constexpr double borrowed = 5;  // rows of other counterparties that a counterparty's own are weighed against

struct Use {
    Code category;
    int rows;
};

struct Abroad {
    Index row;
    Code home;
    int at_home, foreign, others;  // rows
};

std::uint64_t route(Code home, Code foreign) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(home)) << 32 | static_cast<std::uint32_t>(foreign);
}

class Mispostings {
public:
    explicit Mispostings(const History& history) : history_(history), residents_(history.ledger.categories.size() + 1) {
        Pulse pulse(history.setting.check, 64);
        for (std::size_t group = 0; group < history.ledger.counterparties.size(); ++group) {
            pulse();
            look_at(history.parties.of(group));
        }
    }

    void report(Suspects& out) const {
        for (const Abroad& each : abroad_) {
            const Code foreign = history_.ledger.category[each.row];
            // A category that holds nothing of its own is no wrong one: bonuses beside salaries, a one-off heading.
            if (residents_[ledger::slot(foreign)] < fewest_residents) continue;
            // Nor is one that differs in case and spaces only.
            if (ledger::folded(name_of(foreign)) == ledger::folded(name_of(each.home))) continue;
            // And where two counterparties take the same way, it is a way.
            if (routes_.at(route(each.home, foreign)) > 1) continue;
            Suspect suspect;
            suspect.kind = Kind::miscategorized;
            suspect.row = each.row;
            const double usual = static_cast<double>(abroad_.size()) / static_cast<double>(history_.ledger.size());
            suspect.p = (each.others - each.at_home + borrowed * usual) / (each.others + borrowed);
            suspect.at_stake = history_.size(each.row);
            suspect.expected = history_.ledger.amount[each.row];
            suspect.holds = true;
            suspect.home = each.home;
            suspect.count = each.at_home;
            suspect.of = each.others;
            out.push_back(suspect);
        }
    }

private:
    std::string_view name_of(Code category) const { return ledger::trimmed(history_.ledger.categories.text(category)); }

    void look_at(std::span<const Index> rows) {
        if (rows.empty()) return;
        uses_.clear();
        for (const Index row : rows) {
            const auto found = std::ranges::find(uses_, history_.ledger.category[row], &Use::category);
            if (found != uses_.end())
                ++found->rows;
            else if (uses_.size() < 64)
                uses_.push_back({history_.ledger.category[row], 1});
        }
        const Use home = *std::ranges::max_element(uses_, {}, &Use::rows);
        if (home.category == ledger::no_code) return;
        // A lender is at home in two: interest and repayment.
        for (const Use& use : uses_)
            if (use.rows >= fewest_residents || use.category == home.category)
                residents_[ledger::slot(use.category)] += use.rows;
        if (uses_.size() < 2) return;
        for (const Use& use : uses_)
            if (use.category != home.category) ++routes_[route(home.category, use.category)];
        const int others = static_cast<int>(rows.size()) - 1;
        if (home.rows < fewest_at_home || home.rows < stable * others) return;
        if (history_.largest(rows) < history_.watched(Kind::miscategorized)) return;
        // Directions in which it is booked at home: a refund under "Refunds" is at home there.
        std::array<bool, 2> direction{};
        for (const Index row : rows)
            if (history_.ledger.category[row] == home.category) direction[history_.inflow(row)] = true;
        for (std::size_t at = 0; at < rows.size(); ++at) {
            const Index row = rows[at];
            const Code category = history_.ledger.category[row];
            if (category == home.category || category == ledger::no_code || !direction[history_.inflow(row)]) continue;
            if (history_.size(row) < history_.watched(Kind::miscategorized)) continue;
            const int foreign = std::ranges::find(uses_, category, &Use::category)->rows;
            if (foreign > 2) continue;
            // The last two rows both there: the books have moved it.
            if (foreign == 2 && history_.ledger.category[rows.back()] == category &&
                history_.ledger.category[rows[rows.size() - 2]] == category)
                continue;
            abroad_.push_back({row, home.category, home.rows, foreign, others});
        }
    }

    const History& history_;
    std::vector<int> residents_;                     // rows of counterparties that are at home in a category
    std::unordered_map<std::uint64_t, int> routes_;  // counterparties, by home and other category
    std::vector<Abroad> abroad_;
    std::vector<Use> uses_;
};

}  // namespace

void find_misposted(History& history, Suspects& out) { Mispostings(history).report(out); }

}  // namespace fin::anomaly
