// Counts rows that look like a payment made twice. One pass with a hash table: sorting 500,000 rows would cost more
// than all other metrics together.
#include <bit>

#include "metrics/tallies.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

// Last day on which a counterparty had a row of an amount. Open addressing; never more than half full.
class LastSeen {
public:
    explicit LastSeen(std::size_t rows) : slots_(std::bit_ceil(rows * 2 + 2)) {}

    // The last day of the pair before this one, if any; remembers this one.
    std::optional<Day> exchange(Code counterparty, Money amount, Day day) {
        std::size_t at = hash(counterparty, amount) & (slots_.size() - 1);
        for (;; at = (at + 1) & (slots_.size() - 1)) {
            Slot& slot = slots_[at];
            if (slot.counterparty == no_code) {
                slot = {amount.units, counterparty, day};
                return std::nullopt;
            }
            if (slot.counterparty == counterparty && slot.units == amount.units) {
                const Day last = slot.day;
                slot.day = day;
                return last;
            }
        }
    }

private:
    struct Slot {
        std::int64_t units = 0;
        Code counterparty = no_code;
        Day day = 0;
    };
    // Finaliser of SplitMix64 (Steele, Lea, Flood 2014): amounts are often multiples of the same round numbers.
    static std::size_t hash(Code counterparty, Money amount) {
        std::uint64_t x =
            static_cast<std::uint64_t>(amount.units) * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(counterparty);
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
        return static_cast<std::size_t>(x ^ (x >> 31));
    }
    std::vector<Slot> slots_;
};

}  // namespace

int count_duplicates(const Ledger& rows, const InterruptCheck& check) {
    constexpr Day close = 4;
    struct Habit {
        int rows = 0, repeats = 0;
    };
    std::vector<Habit> habits(rows.counterparties.size());
    LastSeen seen(rows.size());
    Pulse pulse(check);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        pulse();
        if (rows.counterparty[i] == no_code) continue;  // rows of nobody in particular repeat for many reasons
        Habit& habit = habits[static_cast<std::size_t>(rows.counterparty[i])];
        ++habit.rows;
        const auto last = seen.exchange(rows.counterparty[i], rows.amount[i], rows.day[i]);
        habit.repeats += last && rows.day[i] - *last <= close;
    }
    int count = 0;
    for (const Habit& habit : habits)
        if (!(habit.repeats > 2 && habit.repeats * 10 > habit.rows)) count += habit.repeats;
    return count;
}

}  // namespace fin::metrics
