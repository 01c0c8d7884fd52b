// Amounts as banks write them, and which marks a column of them uses.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/money.hpp"

namespace fin::importer {

// What separates decimals and groups; grouping ' ' stands for every kind of space.
struct Marks {
    char decimal = '.';
    std::optional<char> grouping;
};

struct Amount {
    ledger::Money money;
    std::string_view currency;  // ISO code a sign or word beside the number stands for; empty: none
};

// "-$7,971.39", "- $220.00", "(29.99)", "1 234,56-", "-,01", "+12,10 EUR". nullopt for anything else, for marks that
// do not fit and for amounts beyond the range of Money.
std::optional<Amount> parse_amount(std::string_view text, Marks marks);

// True where the text can be an amount under some marks.
bool looks_like_amount(std::string_view text);

// Gathers, over all values of a column, which marks they can have.
class MarkEvidence {
public:
    void add(std::string_view text, std::size_t row);
    // Takes over what another column of the same file proves, where this one proves nothing.
    void lean_on(const MarkEvidence& other);
    bool decides() const;
    // nullopt where values such as "1.234" remain that both readings fit.
    std::optional<Marks> marks() const;
    // Two values of the column that contradict each other, with their rows; empty: none.
    std::string contradiction() const;
    const std::string& ambiguous_example() const { return ambiguous_; }
    std::optional<char> grouping() const;
    std::size_t negatives() const { return negatives_; }
    std::size_t positives() const { return positives_; }
    std::size_t numbers() const { return numbers_; }
    std::size_t with_marks() const { return with_marks_; }
    bool decimal_comma() const { return comma_decimal_.count > 0; }

private:
    struct Seen {
        std::size_t count = 0, row = 0;
        std::string text;
    };
    static void note(Seen& seen, std::string_view text, std::size_t row);
    Seen dot_decimal_, comma_decimal_;
    bool dot_groups_ = false, comma_groups_ = false, space_groups_ = false, apostrophe_groups_ = false;
    std::string ambiguous_;
    std::size_t negatives_ = 0, positives_ = 0, numbers_ = 0, with_marks_ = 0;
};

}  // namespace fin::importer
