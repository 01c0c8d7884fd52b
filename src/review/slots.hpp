// Text of a model: may it be stored, and how does it read once its slots are filled.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "review/fact.hpp"

namespace fin::review {

enum class Part { value, change, period, name };

// A stretch of plain text, a slot of a fact, or a concealed name.
struct Piece {
    std::string_view text;  // as written; of a slot with its braces
    int fact = 0;           // 0: none
    Part part = Part::value;
    std::string_view token;  // of a concealed name
    bool plain() const { return fact == 0 && token.empty(); }
};

// nullopt where braces stand that are no slot.
std::optional<std::vector<Piece>> pieces_of(std::string_view text);

// Why a text may not be stored. `rule` is one of: length, control, script, link, markup, slot, number, no_fact, topic,
// direction, period, cause, outside.
struct Problem {
    std::string rule;
    std::string excerpt;  // what stands there
};

inline constexpr std::size_t most_text = 600;  // code points

// Every problem of the text, in order; empty: it may be stored. What each rule asks:
//   number     no digit of any script, no percent or currency sign, no number word, no month's name outside slots
//   no_fact    each sentence has a slot of a fact
//   topic      what a clause speaks of (revenue, cash ...) is what its facts are of
//   direction  "grew" and "fell" agree with the facts of the clause, a loss that shrank being a figure that rose; never
//              denied, never without a fact that moved
//   period     a time that is named is that of a fact of the sentence; which month or year it is only a slot says
//   cause      "because" joins two facts
//   outside    nothing that a ledger cannot know
std::vector<Problem> problems_of(std::string_view text, const FactPack& pack);

// The text with its slots filled. Slots that the pack does not know stay as they are: problems_of has refused them.
std::string filled(std::string_view text, const FactPack& pack);

}  // namespace fin::review
