// Finds the rows that must not count as they stand, counterparty by counterparty.
#include "risk/robust_flows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <span>

#include "anomaly/refunds.hpp"
#include "anomaly/round_limits.hpp"

namespace fin::risk {

namespace {

using ledger::Code;
using ledger::Day;
using ledger::Kind;
using ledger::Ledger;

using anomaly::Party;
using ledger::Index;
using ledger::slot;

constexpr double small_share = 0.005, outlier_share = 0.03, split_share = 0.03, newcomer_share = 0.20;
constexpr Day close_days = 4, settled_days = 90;
constexpr double outlier_factor = 9, outlier_over_next = 1.8;

double middle(std::vector<double>& values) {
    if (values.empty()) return 0;
    const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, half);
    return *half;
}

// Money that is neither earned nor spent is in no flow that risks read.
bool is_flow(Kind kind) { return kind != Kind::transfer && kind != Kind::equity && kind != Kind::debt; }

class Finder {
public:
    Finder(const Ledger& ledger, double month_expenses, const InterruptCheck& check)
        : ledger_(ledger),
          month_expenses_(month_expenses),
          check_(check),
          amount_(ledger.size()),
          odd_(ledger.size(), -1),
          category_in_(ledger.categories.size() + 1),
          category_out_(ledger.categories.size() + 1),
          groups_(ledger::by_counterparty(ledger)) {
        result_.kind = ledger.kind;
        result_.category = ledger.category;
        check();
        Pulse pulse(check);
        for (std::size_t i = 0; i < ledger.size(); ++i) {
            pulse();
            amount_[i] = ledger.amount[i].value();
            ++(amount_[i] < 0 ? category_out_ : category_in_)[slot(ledger.category[i])];
        }
        result_.amount = amount_;
    }

    // Found by the tests of anomalies: held out as what they are called, at medium and above.
    void take(const std::vector<anomaly::Finding>& findings) {
        for (const auto& finding : findings) {
            if (!finding.row || finding.severity < Severity::medium || is_odd(*finding.row)) continue;
            const auto oddity = oddity_of(finding.kind);
            if (!oddity || !is_flow(ledger_.kind[*finding.row])) continue;
            hold_out(*finding.row, *oddity, finding);
        }
    }

    RobustFlows find(const std::vector<anomaly::Finding>* findings) {
        Pulse pulse(check_, 64);
        for (std::size_t group = 0; group < groups_.count(); ++group) {
            const auto rows = groups_.of(group);
            if (rows.size() > 4096)
                check_();
            else
                pulse();
            if (!rows.empty()) look_at(rows, group < ledger_.counterparties.size());
        }
        check_();
        keep_rare_duplicates();
        keep_rare_newcomers();
        check_();
        if (findings) take(*findings);
        for (std::size_t i = 0; i < odd_.size(); ++i)
            if (odd_[i] >= 0) result_.adjusted.push_back({static_cast<Index>(i), static_cast<Oddity>(odd_[i])});
        return std::move(result_);
    }

private:
    static std::optional<Oddity> oddity_of(anomaly::Kind kind) {
        switch (kind) {
            case anomaly::Kind::duplicate: return Oddity::duplicate;
            case anomaly::Kind::sign_error: return Oddity::sign_error;
            case anomaly::Kind::split_payment: return Oddity::split_payment;
            case anomaly::Kind::new_counterparty: return Oddity::new_counterparty;
            case anomaly::Kind::miscategorized: return Oddity::miscategorized;
            case anomaly::Kind::amount_outlier: return Oddity::amount_outlier;
            default: return std::nullopt;
        }
    }

    void hold_out(Index row, Oddity oddity, const anomaly::Finding& finding) {
        const auto rows =
            groups_.of(ledger_.counterparty[row] >= 0 ? static_cast<std::size_t>(ledger_.counterparty[row])
                                                      : ledger_.counterparties.size() + slot(ledger_.category[row]));
        mark(row, oddity);
        switch (oddity) {
            case Oddity::sign_error:
                result_.amount[row] = -amount_[row];
                if (ledger_.kind[row] == Kind::refund)
                    result_.kind[row] = Kind::revenue;
                else if (const auto kind = habitual_kind(rows, inflow(row)))
                    result_.kind[row] = *kind;
                break;
            case Oddity::amount_outlier: result_.amount[row] = finding.expected ? finding.expected->value() : 0; break;
            case Oddity::miscategorized: {
                const auto home = std::ranges::find_if(rows, [&](Index other) {
                    return ledger_.category[other] == finding.home && inflow(other) == inflow(row);
                });
                if (home == rows.end()) break;
                result_.category[row] = finding.home;
                result_.kind[row] = ledger_.kind[*home];
                break;
            }
            default: result_.amount[row] = 0;
        }
    }

    double size(Index row) const { return std::abs(amount_[row]); }
    Day day(Index row) const { return ledger_.day[row]; }
    bool inflow(Index row) const { return amount_[row] >= 0; }
    bool is_odd(Index row) const { return odd_[row] >= 0; }
    void mark(Index row, Oddity oddity) { odd_[row] = static_cast<std::int8_t>(oddity); }

    void look_at(std::span<const Index> rows, bool named) {
        double largest = 0;
        for (const Index row : rows)
            if (is_flow(ledger_.kind[row])) largest = std::max(largest, size(row));
        if (largest < small_share * month_expenses_) return;
        if (named) find_misposted(rows);
        Party party(ledger_, rows, check_);
        find_turned(party);
        find_duplicates(party);
        if (named) find_splits(rows);
        find_outliers(rows);
        if (named) find_newcomer(rows);
    }

    // A stable category: 80 % of the rows, at least 5 of them; booked elsewhere: a category used once or twice.
    void find_misposted(std::span<const Index> rows) {
        if (rows.size() < 6) return;
        counts_.clear();
        for (const Index row : rows) {
            const auto found = std::ranges::find(counts_, ledger_.category[row], &std::pair<Code, int>::first);
            if (found != counts_.end())
                ++found->second;
            else if (counts_.size() < 64)
                counts_.emplace_back(ledger_.category[row], 1);
        }
        if (counts_.size() < 2) return;
        const auto top = *std::ranges::max_element(counts_, {}, &std::pair<Code, int>::second);
        const double others = static_cast<double>(rows.size()) - 1;
        if (top.first == ledger::no_code || top.second < 5 || top.second < 0.8 * others) return;
        // The kind of its rows at home, by direction of the flow: a misposted refund stays one.
        std::array<std::optional<Kind>, 2> home;
        for (const Index row : rows)
            if (ledger_.category[row] == top.first) home[inflow(row)] = ledger_.kind[row];
        for (const auto& [category, count] : counts_) {
            if (category == top.first || category == ledger::no_code || count > 2) continue;
            for (const Index row : rows) {
                if (ledger_.category[row] != category || !home[inflow(row)] ||
                    size(row) < small_share * month_expenses_)
                    continue;
                mark(row, Oddity::miscategorized);
                result_.category[row] = top.first;
                result_.kind[row] = *home[inflow(row)];
            }
        }
    }

    // Rows against the habit of the counterparty and of the category that pay nothing back.
    void find_turned(Party& party) {
        const auto rows = party.rows();
        std::size_t in = 0;
        for (const Index row : rows) in += inflow(row);
        const std::size_t out = rows.size() - in;
        if (in == 0 && out == 0) return;
        const bool habit_in = in > out;
        const std::size_t against = std::min(in, out), with = std::max(in, out);
        const double most = 0.1 * (static_cast<double>(rows.size()) - 1);
        // A counterparty met once has only its category's habit.
        if (rows.size() > 1 && (against == 0 || with < 2 || static_cast<double>(against) - 1 > most)) return;
        for (std::size_t at = 0; at < rows.size(); ++at) {
            const Index row = rows[at];
            if (is_odd(row) || !is_flow(ledger_.kind[row]) || size(row) < small_share * month_expenses_) continue;
            if (rows.size() > 1 && inflow(row) == habit_in) continue;
            const std::size_t place = slot(ledger_.category[row]);
            const double category_in = category_in_[place], category_out = category_out_[place];
            const double category_with = inflow(row) ? category_out : category_in;
            const double category_against = (inflow(row) ? category_in : category_out) - 1;
            const bool well_known = with >= 4 && rows.size() > 1;
            if (category_with < (well_known ? 4 : rows.size() > 1 ? 10 : 30)) continue;
            if (category_against > (well_known ? 0.1 : rows.size() > 1 ? 0.05 : 0.02) * category_with) continue;
            check_();  // what follows walks over the counterparty's rows
            if (party.is_refund(at)) continue;
            mark(row, Oddity::sign_error);
            result_.amount[row] = -amount_[row];
            if (ledger_.kind[row] == Kind::refund)
                result_.kind[row] = Kind::revenue;
            else if (const auto kind = habitual_kind(rows, inflow(row)))
                result_.kind[row] = *kind;
        }
    }

    // The kind of the counterparty's rows of the other direction.
    std::optional<Kind> habitual_kind(std::span<const Index> rows, bool not_inflow) const {
        for (const Index row : rows)
            if (inflow(row) != not_inflow) return ledger_.kind[row];
        return std::nullopt;
    }

    void find_duplicates(Party& party) {
        const auto rows = party.rows();
        if (rows.size() < 2) return;
        sorted_.assign(rows.begin(), rows.end());
        std::ranges::stable_sort(sorted_, {}, [&](Index row) { return amount_[row]; });
        pairs_.clear();
        for (std::size_t i = 1; i < sorted_.size(); ++i) {
            const Index first = sorted_[i - 1], second = sorted_[i];
            if (amount_[first] == amount_[second] && day(second) - day(first) <= close_days)
                pairs_.emplace_back(first, second);
        }
        if (pairs_.empty()) return;
        // Pairs come back: on their own, or as two series of the same amount that always run side by side.
        const double n = static_cast<double>(rows.size());
        const double share = static_cast<double>(pairs_.size()) / n;
        bool habit = (pairs_.size() >= 3 && share > 0.1) || (pairs_.size() == 2 && share > 0.2);
        for (std::size_t i = 1; i < pairs_.size() && !habit; ++i) {
            const auto& [a, b] = pairs_[i - 1];
            const auto& [c, d] = pairs_[i];
            habit = amount_[a] == amount_[c] && day(b) - day(a) == day(d) - day(c) && day(c) - day(a) <= 70;
        }
        if (habit) return;
        for (const auto& [first, second] : pairs_) {
            if (is_odd(second) || !is_flow(ledger_.kind[second]) || size(second) < small_share * month_expenses_)
                continue;
            check_();
            if (party.is_paid_back(second)) continue;
            mark(second, Oddity::duplicate);
            duplicates_.push_back(second);
            result_.amount[second] = 0;
        }
    }

    // Equal close payments are a habit of the whole ledger where more than 2 % of its rows are such.
    void keep_rare_duplicates() {
        if (static_cast<double>(duplicates_.size()) <= std::max(3.0, 0.02 * static_cast<double>(ledger_.size())))
            return;
        for (const Index row : duplicates_) undo(row);
    }

    void find_splits(std::span<const Index> rows) {
        if (rows.size() < 3) return;
        int clusters = 0;
        double split_limit = 0;
        std::vector<Index> split;
        for (std::size_t i = 0; i < rows.size();) {
            const double limit = inflow(rows[i]) ? 0 : anomaly::limit_above(size(rows[i]));
            std::size_t end = i + 1;
            if (limit > 0)
                while (end < rows.size() && !inflow(rows[end]) && day(rows[end]) - day(rows[i]) <= close_days &&
                       anomaly::limit_above(size(rows[end])) == limit)
                    ++end;
            // Equal amounts are instalments or duplicates; a split has sums of its own.
            if (end - i >= 3 && size(rows[i]) != size(rows[i + 1])) {
                ++clusters;
                split_limit = limit;
                if (limit * static_cast<double>(end - i) >= split_share * month_expenses_)
                    split.insert(split.end(), rows.begin() + static_cast<std::ptrdiff_t>(i),
                                 rows.begin() + static_cast<std::ptrdiff_t>(end));
            }
            i = end - i >= 3 ? end : i + 1;
        }
        // One time is odd; more often, or where as many other rows lie under that limit, it is this counterparty's way.
        const auto under =
            std::ranges::count_if(rows, [&](Index row) { return anomaly::limit_above(size(row)) == split_limit; });
        if (clusters != 1 || static_cast<std::size_t>(under) >= 2 * split.size()) return;
        for (const Index row : split) {
            if (is_odd(row)) continue;
            mark(row, Oddity::split_payment);
            result_.amount[row] = 0;
        }
    }

    void find_outliers(std::span<const Index> rows) {
        for (const bool direction : {false, true}) {
            Index first = 0;
            double largest = 0, next = 0;
            sizes_.clear();
            for (const Index row : rows) {
                // A turned row counts with the direction it should have had.
                if ((result_.amount[row] >= 0) != direction || result_.amount[row] == 0) continue;
                const double value = size(row);
                sizes_.push_back(value);
                if (value > largest)
                    next = largest, largest = value, first = row;
                else
                    next = std::max(next, value);
            }
            if (largest < outlier_share * month_expenses_ || is_odd(first) || !is_flow(ledger_.kind[first])) continue;
            if (sizes_.size() >= 4) {
                if (largest < outlier_over_next * next) continue;
                // A counterparty that shrank is measured by what it pays now.
                const double level = std::min(median_without(largest), level_around(rows, first, 7));
                if (largest > outlier_factor * level) settle(first, level_around(rows, first, 3));
            } else if (direction) {
                // Few rows: the category's level. Large first payments out are new counterparties instead.
                const CategoryLevel level = category_level(ledger_.category[first], direction, first);
                if (level.rows >= 8 && largest > outlier_factor * level.median &&
                    largest >= outlier_over_next * std::max(next, level.largest))
                    settle(first, level.median);
            }
        }
    }

    void settle(Index row, double level) {
        mark(row, Oddity::amount_outlier);
        result_.amount[row] = result_.amount[row] < 0 ? -level : level;
    }

    // Median of the payments of its direction nearest in time: the level of then, not of years ago.
    double level_around(std::span<const Index> rows, Index odd, std::size_t count) {
        std::vector<std::pair<Day, double>> near;  // distance, size
        for (const Index row : rows)
            if (row != odd && inflow(row) == inflow(odd) && result_.amount[row] != 0)
                near.emplace_back(std::abs(day(row) - day(odd)), size(row));
        std::ranges::stable_sort(near, {}, &std::pair<Day, double>::first);
        std::vector<double> sizes;
        for (std::size_t i = 0; i < near.size() && i < count; ++i) sizes.push_back(near[i].second);
        return middle(sizes);
    }

    double median_without(double one) {
        sizes_.erase(std::ranges::find(sizes_, one));
        return middle(sizes_);
    }

    struct CategoryLevel {
        std::size_t rows = 0;
        double median = 0, largest = 0;
    };
    // Sizes are sorted once for each category and direction: a ledger of single payments asks for every row.
    const std::vector<double>& sorted_sizes(std::size_t place, bool direction) {
        if (!by_category_) {
            by_category_.emplace(ledger::by_category(ledger_));
            sorted_sizes_.resize(2 * by_category_->count());
        }
        auto& sizes = sorted_sizes_[2 * place + direction];
        if (sizes.empty()) {
            Pulse pulse(check_);
            for (const Index row : by_category_->of(place))
                if (inflow(row) == direction) sizes.push_back(size(row));
            check_();
            std::ranges::sort(sizes, [&](double a, double b) {
                pulse();
                return a < b;
            });
        }
        return sizes;
    }

    // Of the category's rows in that direction; `without` is one of them.
    CategoryLevel category_level(Code category, bool direction, Index without) {
        const auto& sizes = sorted_sizes(slot(category), direction);
        if (sizes.size() < 2) return {};
        const auto own = static_cast<std::size_t>(std::ranges::lower_bound(sizes, size(without)) - sizes.begin());
        const auto other = [&](std::size_t i) { return sizes[i < own ? i : i + 1]; };
        const std::size_t count = sizes.size() - 1;
        return {count, other(count / 2), other(count - 1)};
    }

    // A first payment that stays the only one (what follows within a contract is of its size).
    void find_newcomer(std::span<const Index> rows) {
        const Index row = rows.front();
        if (is_odd(row) || inflow(row) || size(row) < newcomer_share * month_expenses_) return;
        const Kind kind = ledger_.kind[row];
        if (kind != Kind::cogs && kind != Kind::opex && kind != Kind::other) return;
        if (day(row) - ledger_.day.front() < settled_days) return;
        for (const Index later : rows.subspan(1))
            if (size(later) >= size(row) / 3 && !is_odd(later)) return;
        const CategoryLevel level = category_level(ledger_.category[row], false, row);
        if (level.rows >= 4 && size(row) < 1.5 * level.median) return;
        newcomers_.push_back(row);
    }

    // A ledger with more than three such payments a year lives from projects: there they say nothing.
    void keep_rare_newcomers() {
        if (newcomers_.empty()) return;
        const double years = std::max(1.0, (ledger_.day.back() - ledger_.day.front()) / 365.25);
        if (static_cast<double>(newcomers_.size()) > 3 * years) return;
        for (const Index row : newcomers_) {
            mark(row, Oddity::new_counterparty);
            result_.amount[row] = 0;
        }
    }

    void undo(Index row) {
        odd_[row] = -1;
        result_.amount[row] = amount_[row];
    }

    const Ledger& ledger_;
    double month_expenses_;
    const InterruptCheck& check_;
    std::vector<double> amount_;
    std::vector<std::int8_t> odd_;  // Oddity, or -1
    std::vector<double> category_in_, category_out_;
    ledger::Groups groups_;
    std::optional<ledger::Groups> by_category_;
    std::vector<std::vector<double>> sorted_sizes_;  // by category and direction
    RobustFlows result_;
    std::vector<Index> duplicates_, newcomers_;
    // Kept between groups, so that 2,000 counterparties allocate once.
    std::vector<std::pair<Code, int>> counts_;
    std::vector<Index> sorted_;
    std::vector<std::pair<Index, Index>> pairs_;
    std::vector<double> sizes_;
};

}  // namespace

std::string_view name(Oddity oddity) {
    constexpr std::array<std::string_view, 6> names = {"duplicate",        "sign_error",     "split_payment",
                                                       "new_counterparty", "miscategorized", "amount_outlier"};
    return names[static_cast<std::size_t>(oddity)];
}

RobustFlows robust_flows(const Ledger& ledger, double month_expenses, const InterruptCheck& check,
                         const std::vector<anomaly::Finding>* findings) {
    if (ledger.empty()) return {};
    return Finder(ledger, month_expenses, check).find(findings);
}

}  // namespace fin::risk
