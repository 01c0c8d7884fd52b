// Amounts far from what a counterparty pays; where it has no history, from what its category pays.
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>

#include "anomaly/rows/history.hpp"

namespace fin::anomaly {

namespace {

// What a wild but honest payment may be: eight times the level, and twice (less a tenth) all else that was paid.
constexpr double least_factor = 8, over_next = 1.8;
constexpr double least_spread = 0.25;  // of log amounts, as a standard deviation: nobody's amounts are tighter
constexpr std::size_t most_near = 7;

// One direction of one counterparty.
class Flow {
public:
    Flow(const History& history, std::span<const Index> rows, bool inflow) : history_(history) {
        for (const Index row : rows) {
            if (history.inflow(row) != inflow || history.amount(row) == 0) continue;
            rows_.push_back(row);
            if (largest_ == none || history.size(row) > history.size(rows_[largest_])) largest_ = rows_.size() - 1;
        }
    }
    // Whether another payment is in the category of the largest: a different business has a level of its own.
    bool has_category() const {
        for (std::size_t i = 0; i < rows_.size(); ++i)
            if (i != largest_ && history_.ledger.category[rows_[i]] == history_.ledger.category[largest()]) return true;
        return false;
    }

    bool empty() const { return rows_.empty(); }
    std::size_t others() const { return rows_.size() - 1; }
    Index largest() const { return rows_[largest_]; }

    double next_largest() const {
        double next = 0;
        for (std::size_t i = 0; i < rows_.size(); ++i)
            if (i != largest_) next = std::max(next, history_.size(rows_[i]));
        return next;
    }

    // Median of the other payments, or of those nearest in time where that is less: a counterparty that shrank is
    // measured by what it pays now.
    double level() const {
        std::vector<double> all = sizes();
        return std::min(middle_of(all), around(most_near));
    }

    // Median of the payments nearest in time.
    double around(std::size_t count) const {
        std::vector<double> near;
        std::size_t before = largest_, after = largest_ + 1;
        const ledger::Day here = history_.day(rows_[largest_]);
        while (near.size() < count && (before > 0 || after < rows_.size())) {
            const bool back = before > 0 && (after == rows_.size() || here - history_.day(rows_[before - 1]) <=
                                                                          history_.day(rows_[after]) - here);
            near.push_back(history_.size(rows_[back ? --before : after++]));
        }
        return middle_of(near);
    }

    // Of log amounts about the level: median absolute deviation as a standard deviation.
    double spread(double level) const {
        std::vector<double> distances = sizes();
        for (double& each : distances) each = std::abs(std::log(each / level));
        return std::max(least_spread, 1.4826 * middle_of(distances));
    }

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::vector<double> sizes() const {
        std::vector<double> sizes;
        for (std::size_t i = 0; i < rows_.size(); ++i)
            if (i != largest_) sizes.push_back(history_.size(rows_[i]));
        return sizes;
    }

    const History& history_;
    std::vector<Index> rows_;
    std::size_t largest_ = none;
};

// Amounts have heavier tails than a log-normal: Student's t with 4 degrees of freedom, both tails.
double chance_of(double z) {
    return std::max(1e-9, 2 * boost::math::cdf(boost::math::complement(boost::math::students_t(4), z)));
}

}  // namespace

void find_outliers(History& history, Party& party, Suspects& out) {
    for (const bool inflow : {false, true}) {
        const Flow flow(history, party.rows(), inflow);
        if (flow.empty()) continue;
        const Index row = flow.largest();
        const double size = history.size(row);
        if (size < history.watched(Kind::amount_outlier) || !is_flow(history.ledger.kind[row])) continue;
        const double next = flow.next_largest();
        if (size < over_next * next) continue;
        Suspect suspect;
        suspect.kind = Kind::amount_outlier;
        suspect.row = row;
        const bool own = flow.others() >= 4;
        double level = 0, spread = 0;
        if (own) {
            level = flow.level();
            if (level <= 0 || size < least_factor * level) continue;
            spread = flow.spread(level);
            suspect.count = static_cast<int>(flow.others());
        } else {
            // A large first payment out is a new counterparty instead.
            if (!inflow && flow.others() == 0) continue;
            if (flow.others() > 0 && size < least_factor * flow.level()) continue;
            const CategoryLevel category = history.category_level(row);
            if (category.rows < 8 || category.median <= 0 || size < least_factor * category.median ||
                size < over_next * category.largest)
                continue;
            level = category.median;
            // The largest of a category's many is as far out as chance goes.
            spread = std::max(least_spread, std::log(category.largest / level) /
                                                std::sqrt(2 * std::log(static_cast<double>(category.rows))));
            suspect.by_category = true;
            suspect.count = static_cast<int>(category.rows);
        }
        suspect.p = chance_of(std::log(size / level) / spread);
        suspect.level = level;
        suspect.expected = ledger::Money::of(inflow ? level : -level);
        suspect.at_stake = size - level;
        suspect.holds = history.ledger.kind[row] != ledger::Kind::capex && (!own || flow.has_category());
        out.push_back(suspect);
    }
}

}  // namespace fin::anomaly
