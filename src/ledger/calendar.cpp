#include "ledger/calendar.hpp"

#include <cstdio>

namespace fin::ledger {

std::string date_text(Day day) {
    const auto date = civil(day);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

std::string month_text(Month month) {
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u", year_of(month), month_in_year(month));
    return text;
}

}  // namespace fin::ledger
