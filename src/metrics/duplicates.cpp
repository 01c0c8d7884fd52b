// Counts rows that look like a payment made twice. One pass over the rows with two hash tables of a few days each,
// which stay in the processor's cache: sorting 500,000 rows would cost more than all other metrics together.
#include <algorithm>
#include <bit>
#include <utility>

#include "metrics/tallies.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

constexpr Day within = 4;          // days
constexpr Day block = within + 1;  // a row's predecessor lies in its own block of days or in the one before

// Last day on which a counterparty had a row of an amount, over one block of days. Slots of other blocks count as free,
// so that moving on to the next block costs nothing. Open addressing; never more than half full.
class LastSeen {
public:
    explicit LastSeen(std::size_t rows) : slots_(std::bit_ceil(rows * 2 + 2)) {}

    void begin(Day first_day) { first_day_ = first_day; }

    Day* find(Code counterparty, Money amount) {
        Slot& slot = slot_of(counterparty, amount);
        return free(slot) ? nullptr : &slot.day;
    }
    void insert(Code counterparty, Money amount, Day day) {
        slot_of(counterparty, amount) = {amount.units, counterparty, day};
    }

private:
    struct Slot {
        std::int64_t units = 0;
        Code counterparty = no_code;
        Day day = 0;
    };
    bool free(const Slot& slot) const {
        return slot.counterparty == no_code || slot.day < first_day_ || slot.day >= first_day_ + block;
    }
    Slot& slot_of(Code counterparty, Money amount) {
        std::size_t at = hash(counterparty, amount) & (slots_.size() - 1);
        while (!free(slots_[at]) && (slots_[at].counterparty != counterparty || slots_[at].units != amount.units))
            at = (at + 1) & (slots_.size() - 1);
        return slots_[at];
    }
    // Finaliser of SplitMix64 (Steele, Lea, Flood 2014): amounts are often multiples of the same round numbers.
    static std::size_t hash(Code counterparty, Money amount) {
        std::uint64_t x =
            static_cast<std::uint64_t>(amount.units) * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(counterparty);
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
        return static_cast<std::size_t>(x ^ (x >> 31));
    }
    std::vector<Slot> slots_;
    Day first_day_ = 0;
};

// Rows of the fullest block: the tables need room for no more.
std::size_t most_rows_of_a_block(const Ledger& rows) {
    std::size_t most = 0, begin = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if ((rows.day[i] - rows.day[0]) / block != (rows.day[begin] - rows.day[0]) / block) begin = i;
        most = std::max(most, i - begin + 1);
    }
    return most;
}

}  // namespace

int count_duplicates(const Ledger& rows, const InterruptCheck& check) {
    if (rows.empty()) return 0;
    struct Habit {
        int rows = 0, repeats = 0;
    };
    std::vector<Habit> habits(rows.counterparties.size());
    const std::size_t room = most_rows_of_a_block(rows);
    LastSeen now(room), before(room);
    Day begin = rows.day.front();
    now.begin(begin), before.begin(begin - block);

    Pulse pulse(check);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        pulse();
        const Code counterparty = rows.counterparty[i];
        const Day day = rows.day[i];
        if (counterparty == no_code) continue;  // rows of nobody in particular repeat for many reasons
        if (day >= begin + block) {
            const Day next = begin + (day - begin) / block * block;
            std::swap(now, before);
            now.begin(next);
            before.begin(next - block);  // where blocks were skipped, everything in it is out of date
            begin = next;
        }
        Habit& habit = habits[static_cast<std::size_t>(counterparty)];
        ++habit.rows;
        if (Day* last = now.find(counterparty, rows.amount[i])) {
            ++habit.repeats;  // both in one block
            *last = day;
            continue;
        }
        const Day* last = before.find(counterparty, rows.amount[i]);
        habit.repeats += last && day - *last <= within;
        now.insert(counterparty, rows.amount[i], day);
    }
    int count = 0;
    for (const Habit& habit : habits)
        if (!(habit.repeats > 2 && habit.repeats * 10 > habit.rows)) count += habit.repeats;
    return count;
}

}  // namespace fin::metrics
