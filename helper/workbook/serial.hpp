// Numbers of sheets as text: amounts, and the serial numbers that stand for dates.
#pragma once
#include <string>
#include <string_view>

namespace fin::helper {

enum class Shown : unsigned char { number, date, time };  // what a number format makes of a number

// A format's code, such as "dd.mm.yyyy;@" or "#,##0.00 [$EUR]".
Shown shown_by(std::string_view code);
// One of the formats that have a number and no code.
Shown shown_by_builtin(unsigned id);

// Appends at most 15 significant digits, never an exponent. Never exactly three decimals, which could be taken for
// thousands.
void append_number(std::string& out, double value, char decimal);

// Appends YYYY-MM-DD, with the time where it has one. False where the serial stands for no day; a time of day has none.
bool append_date(std::string& out, double serial, bool since_1904, Shown shown);

}  // namespace fin::helper
