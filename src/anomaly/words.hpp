// Money and dates in the sentences of findings, English and Russian.
#pragma once
#include <string>
#include <string_view>

#include "ledger/calendar.hpp"
#include "ledger/money.hpp"

namespace fin::anomaly {

enum class Language { en, ru };

// Size with two decimals, grouped, with the currency where it is known: "1,234.50 EUR", "1 234,50 EUR" (no-break
// spaces).
std::string money_text(double size, std::string_view currency, Language language);
// "2023-04-01" / "01.04.2023".
std::string day_text(ledger::Day day, Language language);
// "Monday" / "понедельник".
std::string_view weekday_text(ledger::Day day, Language language);
// The form of a Russian noun that goes with the number: one (1, 21), few (2-4), many.
std::string_view form_ru(int number, std::string_view one, std::string_view few, std::string_view many);

}  // namespace fin::anomaly
