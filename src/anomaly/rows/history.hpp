// What is usual in a ledger: each counterparty's rows, each category's amounts and directions.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "anomaly/finding.hpp"
#include "anomaly/refunds.hpp"
#include "ledger/groups.hpp"

namespace fin::anomaly {

using ledger::Index;

// A row that a test would name, before all tests are weighed.
struct Suspect {
    Kind kind = Kind::duplicate;
    Index row = 0;
    double p = 1;                           // as Finding::p
    double at_stake = 0;                    // currency units
    std::optional<ledger::Money> expected;  // signed
    bool holds = false;                     // false: for the watch list only
    std::optional<Index> other;             // the row that it repeats
    double level = 0;                       // what would have been usual, or the limit that payments stay under
    int count = 0, of = 0;                  // rows that bear it out, of how many
    ledger::Code home = ledger::no_code;    // the category where it would belong
    double collisions = 0;                  // of a duplicate: expected_collisions of its counterparty
    bool by_category = false;               // measured by the category: the counterparty has no history of its own
};

// Money that is neither earned nor spent follows no habit that a test could know.
inline bool is_flow(ledger::Kind kind) {
    return kind != ledger::Kind::transfer && kind != ledger::Kind::equity && kind != ledger::Kind::debt;
}

// Amounts of a category's rows of one direction, one row aside.
struct CategoryLevel {
    std::size_t rows = 0;
    double median = 0, largest = 0;
};

class History {
public:
    explicit History(const Setting& setting);

    const Setting& setting;
    const ledger::Ledger& ledger;
    double month = 0;  // what a usual month costs; never 0 where there is any money
    ledger::Groups parties;

    bool named(std::size_t group) const { return group < ledger.counterparties.size(); }
    double amount(Index row) const { return amount_[row]; }
    double size(Index row) const { return std::abs(amount_[row]); }
    ledger::Day day(Index row) const { return ledger.day[row]; }
    bool inflow(Index row) const { return amount_[row] >= 0; }

    // Rows of the row's category in its own direction, itself included, and against it.
    double category_with(Index row) const { return by_direction_[inflow(row)][ledger::slot(ledger.category[row])]; }
    double category_against(Index row) const { return by_direction_[!inflow(row)][ledger::slot(ledger.category[row])]; }
    // Of the other rows of the row's category and direction. Sorted once for each: a ledger of single payments asks for
    // every row.
    CategoryLevel category_level(Index row);
    // Greatest size of a group's flows that are earned or spent: where it is small, no test has anything to say.
    double largest(std::span<const Index> rows) const;

    // The money that a finding of the kind must have at stake to be medium.
    double floor(Kind kind) const;
    // What the watch list asks for.
    double watched(Kind kind) const { return floor(kind) / 2; }

private:
    const std::vector<double>& sorted_sizes(std::size_t place, bool direction);

    std::vector<double> amount_;
    std::vector<double> by_direction_[2];
    std::optional<ledger::Groups> by_category_;
    std::vector<std::vector<double>> sorted_sizes_;  // by category and direction
};

// As money, held within its bounds: sums over several rows may pass them.
inline ledger::Money bounded(double value) { return ledger::Money::of(std::clamp(value, -8e14, 8e14)); }

// The middle value, the upper one of two; 0 for none. Reorders the values.
double middle_of(std::vector<double>& values);

using Suspects = std::vector<Suspect>;

// One test each: adds what it finds in the rows of one counterparty (or of a category's rows without one).
void find_duplicates(History& history, Party& party, Suspects& out);
// How many pairs of different payments of a counterparty are expected to have the same amount within days by chance.
double expected_collisions(const History& history, std::span<const Index> rows);
void find_sign_errors(History& history, Party& party, Suspects& out);
void find_splits(History& history, Party& party, Suspects& out);
void find_outliers(History& history, Party& party, Suspects& out);
void find_newcomer(History& history, Party& party, Suspects& out);
// Tests that need all counterparties at once.
void find_misposted(History& history, Suspects& out);
void find_round_amounts(History& history, Suspects& out);
void find_off_calendar(History& history, Suspects& out);

}  // namespace fin::anomaly
