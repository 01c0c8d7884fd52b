// Words by which a text names a figure, a direction or a time, in English and Russian.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "review/fact.hpp"

namespace fin::review {

// What the words of one sentence (without its slots) speak of.
struct Mentions {
    std::vector<std::string_view> topics;  // revenue, expenses, profit, cash ... each once
    bool up = false, down = false;         // grew, fell
    bool steady = false;                   // stayed level
    bool denied = false;                   // "did not grow": who moved where cannot be told
    bool loss = false;                     // of a loss: "shrank" is good news
    bool cause = false;                    // because, due to
    bool outside = false;                  // markets, weather, moods: nothing a ledger knows
    std::vector<Span> spans;               // "month", "за год"; each once
    bool relative = false;  // "last month", "в прошлом году": which one it is only a slot can say
};
Mentions mentions_of(std::string_view sentence);

// The topics of a metric's code, separated by spaces: what words of a text may call it. Empty: no word is its own.
std::string_view topic_of(std::string_view metric);

}  // namespace fin::review
