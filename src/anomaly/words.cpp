#include "anomaly/words.hpp"

#include <array>
#include <cmath>
#include <cstdlib>

namespace fin::anomaly {

std::string money_text(double size, std::string_view currency, Language language) {
    const auto cents = static_cast<std::int64_t>(std::llround(std::abs(size) * 100));
    const std::string whole = std::to_string(cents / 100), rest = std::to_string(100 + cents % 100).substr(1);
    const bool ru = language == Language::ru;
    std::string text;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        if (i > 0 && (whole.size() - i) % 3 == 0) text += ru ? "\u00a0" : ",";
        text += whole[i];
    }
    text += (ru ? "," : ".") + rest;
    if (!currency.empty()) text += "\u00a0" + std::string(currency);
    return text;
}

std::string day_text(ledger::Day day, Language language) {
    std::string iso = ledger::date_text(day);
    if (language == Language::en || iso.size() != 10) return iso;
    return iso.substr(8, 2) + "." + iso.substr(5, 2) + "." + iso.substr(0, 4);
}

std::string_view weekday_text(ledger::Day day, Language language) {
    static constexpr std::array<std::string_view, 7> en = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                           "Friday", "Saturday", "Sunday"};
    static constexpr std::array<std::string_view, 7> ru = {"понедельник", "вторник", "среду",      "четверг",
                                                           "пятницу",     "субботу", "воскресенье"};
    const auto place = static_cast<std::size_t>(ledger::weekday(day));
    return language == Language::ru ? ru[place] : en[place];
}

std::string_view form_ru(int number, std::string_view one, std::string_view few, std::string_view many) {
    const int tens = std::abs(number) % 100, units = tens % 10;
    if (tens >= 11 && tens <= 14) return many;
    if (units == 1) return one;
    return units >= 2 && units <= 4 ? few : many;
}

}  // namespace fin::anomaly
