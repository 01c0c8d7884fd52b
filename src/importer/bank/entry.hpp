// What the readers of the banks' formats have in common: entries and balances in file order.
#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importer/date.hpp"
#include "importer/importer.hpp"
#include "importer/row_source.hpp"

namespace fin::importer::bank {

// One entry of a statement as it is stored. Texts are not cleaned yet.
struct Entry {
    std::size_t number = 0;  // counted from 1 over the whole file, skipped ones too
    ledger::Day booked_on = 0;
    ledger::Money amount;
    std::string currency, category, counterparty, description, account;
    std::optional<ledger::Money> balance;
    std::vector<std::string> raw;  // as columns_of() names them
};

// What an account held at the beginning or the end of a statement.
struct Balance {
    std::string account, currency;
    ledger::Money money;
    ledger::Day day = 0;
    std::size_t line = 0;
    // The balance belongs to the end of the entries read, not to a later day: with their sum it proves the beginning.
    bool ends_entries = true;
};

enum class Event { end, entry, skipped, opening, closing };

// Reads a file forward. Throws BadRow for an entry that does not say what it must and goes on behind it at the next
// call; throws Error for a file that is cut off or broken.
class Source {
public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    Event next(Entry& entry, Balance& balance) {
        while (queue_.empty())
            if (!pump()) return Event::end;
        Item& item = queue_.front();
        const Event event = item.event;
        if (event == Event::entry) std::swap(entry, item.entry);
        if (event == Event::opening || event == Event::closing) std::swap(balance, item.balance);
        queue_.pop_front();
        return event;
    }
    std::size_t entries() const { return entries_; }
    // What the whole file, once read, should be told about.
    virtual void warn(std::vector<std::string>&) const {}

protected:
    virtual bool pump() = 0;  // reads on and puts what it finds; false at the end

    void put(Entry&& entry) {
        entry.number = ++entries_;
        queue_.push_back({Event::entry, std::move(entry), {}});
    }
    void put_skipped() {
        ++entries_;
        queue_.push_back({Event::skipped, {}, {}});
    }
    void put(Event event, Balance balance) { queue_.push_back({event, {}, std::move(balance)}); }
    // The entry counts, so that the next one keeps its number.
    [[noreturn]] void refuse(std::size_t line, std::string field, std::string_view value, const std::string& problem,
                             std::string hint) {
        ++entries_;
        throw BadRow::of_entry(entries_, line, std::move(field), value, problem, std::move(hint));
    }

private:
    struct Item {
        Event event;
        Entry entry;
        Balance balance;
    };
    std::deque<Item> queue_;
    std::size_t entries_ = 0;
};

// Bounds that no honest file reaches.
inline constexpr std::size_t max_parts = 50000;      // entries of one batch, splits of one entry
inline constexpr std::size_t max_entry = 16u << 20;  // bytes of one entry
inline constexpr std::size_t max_accounts = 10000;

// The file ends where it must not: what was received is not all.
[[noreturn]] void refuse_cut_off(std::string_view what, std::size_t line);
// A field that may stand once stands twice.
[[noreturn]] void refuse_twice(std::string_view field, std::size_t line);
[[noreturn]] void refuse_long(std::string_view what, std::size_t line);

// At most so many bytes, cut at a whole character.
std::string_view beginning_of(std::string_view text, std::size_t bytes);

// "1234.5" with this mark between whole and fraction, without sign and grouping; nullopt for anything else.
std::optional<ledger::Money> plain_amount(std::string_view text, char mark);
// A date and nothing behind it.
std::optional<ledger::Day> plain_day(std::string_view text, const DateFormat& format);

// The category that a transaction's kind gives where it says more than in or out; empty: none.
std::string_view category_of_kind(std::string_view kind);

}  // namespace fin::importer::bank
