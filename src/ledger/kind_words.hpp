// The words that tell the kind of a category or counterparty, English and Russian.
#pragma once
#include <span>
#include <string_view>

#include "ledger/kind.hpp"

namespace fin::ledger {

// How much a word says where several stand in one text; more words in a phrase always say more.
enum class Weight : unsigned char {
    context,   // only which side of the books: "Expenses", "Income"
    weak,      // who or what it is about: "staff", "bank"
    ordinary,  // what was paid for: "rent", "software"
    strong,    // a kind of its own: "salary", "tax", "dividends"
};

// Phrases are separated by commas and folded already. A word ending in * matches every word that begins with it;
// an English word also matches its plural.
struct KindWords {
    Kind in, out;  // the kind where money comes in, where it goes out
    Weight weight;
    std::string_view phrases;
};

std::span<const KindWords> kind_words();

// Of these only the ones that no firm has in its name for other reasons; the rest is for categories.
bool names_a_counterparty(Kind kind);

}  // namespace fin::ledger
