// The words of a report, English and Russian.
#pragma once
#include <string>
#include <string_view>

#include "analysis/wording.hpp"

namespace fin::exporter {

using analysis::Language;

// The text of a key ("cash.title"); the key itself where there is none, so that a missing text is seen and never empty.
std::string_view say(std::string_view key, Language language);
// With {1}, {2}, ... replaced.
std::string say(std::string_view key, Language language, std::initializer_list<std::string> values);
// Is there a text of this key?
bool knows(std::string_view key);

// "customer share" of "customer_share": what is shown of a code that has no text.
std::string humanised(std::string_view code);
// The first letter as a capital, Latin and Cyrillic.
std::string capital(std::string_view text);

}  // namespace fin::exporter
