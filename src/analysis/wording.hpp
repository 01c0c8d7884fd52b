// Figures and changes in words, English and Russian.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "ledger/calendar.hpp"
#include "ledger/money.hpp"

namespace fin::analysis {

enum class Language { en, ru };
Language language_named(std::string_view code);  // en unless "ru"

// Rounded to whole units and grouped: "1,234,567" or "1 234 567" (no-break spaces); cents below 100.
std::string amount(ledger::Money money, Language language);
// "12.3 %" / "12,3 %".
std::string percent(double ratio, Language language);
// "4.5" / "4,5".
std::string decimal(double number, int decimals, Language language);
// "March 2017" / "март 2017 г."
std::string month_name(ledger::Month month, Language language);
// The form of a Russian noun that goes with the number: one(1, 21), few(2-4), many.
std::string_view plural_ru(int number, std::string_view one, std::string_view few, std::string_view many);

// What happened to a figure between two periods. `subject` is the figure's code: revenue, expenses, operating_profit,
// net_profit, net_cash_flow. A loss that falls is "the loss shrank", never a rise of profit by a percentage.
std::string change(std::string_view subject, ledger::Money previous, ledger::Money current, Language language);

}  // namespace fin::analysis
