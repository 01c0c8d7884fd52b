// Does a text hold a number in any disguise: digits of any script, percent and currency signs, number words.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fin::review {

// The first thing in the text that is a number, a share, an amount of money or a date, as it stands there; nullopt:
// there is none. The text is without its slots. English and Russian words, in every grammatical form. Ordinals
// ("first", "второй") and phrases in which "one" counts nothing ("one of", "no one", "один из") are no numbers.
std::optional<std::string> first_number(std::string_view text);

// Every word that is a number by itself, folded and sorted. fin.is_grounded in the database holds the same list.
const std::vector<std::string>& number_words();

}  // namespace fin::review
