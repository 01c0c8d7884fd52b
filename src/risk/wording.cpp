// Numbers in words, the same on every machine: no locale is asked.
#include "risk/wording.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace fin::risk {

namespace {

std::string decimals(double value, int digits, Language language) {
    std::array<char, 64> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, digits).ptr;
    std::string text(buffer.data(), end);
    if (const auto point = text.find('.'); point != std::string::npos) {
        while (text.back() == '0') text.pop_back();
        if (text.back() == '.')
            text.pop_back();
        else if (language == Language::ru)
            text[point] = ',';
    }
    return text == "-0" ? "0" : text;
}

std::string grouped(long long value, Language language) {
    std::string digits = std::to_string(value), text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i && (digits.size() - i) % 3 == 0) text += language == Language::en ? "," : "\u00a0";
        text += digits[i];
    }
    return text;
}

// Three significant digits, as people round.
double rounded(double value) {
    if (value < 1000) return std::round(value);
    const double unit = std::pow(10, std::floor(std::log10(value)) - 2);
    return std::round(value / unit) * unit;
}

}  // namespace

std::string money_words(double amount, Language language) {
    if (!std::isfinite(amount)) return "?";
    const std::string sign = amount < 0 ? "-" : "";
    const double size = rounded(std::abs(amount));
    if (size == 0) return amount != 0 ? decimals(amount, 2, language) : "0";
    if (size < 1e6) return sign + grouped(std::llround(size), language);
    const bool en = language == Language::en;
    const double unit = size < 1e9 ? 1e6 : size < 1e12 ? 1e9 : 1e12;
    const std::string_view word = unit == 1e6   ? (en ? " million" : "\u00a0млн")
                                  : unit == 1e9 ? (en ? " billion" : "\u00a0млрд")
                                                : (en ? " trillion" : "\u00a0трлн");
    return sign + decimals(size / unit, 2, language) + std::string(word);
}

std::string number_words(double value, Language language) {
    if (!std::isfinite(value)) return "?";
    return decimals(value, std::abs(value) < 9.95 ? 1 : 0, language);
}

std::string percent_words(double ratio, Language language) {
    if (!std::isfinite(ratio)) return "?";
    return number_words(ratio * 100, language) + (language == Language::en ? "%" : "\u00a0%");
}

std::string points_words(double ratio, Language language) {
    const std::string number = number_words(ratio * 100, language);
    if (language == Language::en) return number + (number == "1" ? " point" : " points");
    return number + "\u00a0п.\u00a0п.";
}

std::string_view russian_plural(long long count, std::string_view one, std::string_view few, std::string_view many) {
    const long long size = count < 0 ? -count : count, tens = size % 100, units = size % 10;
    if (tens >= 11 && tens <= 14) return many;
    if (units == 1) return one;
    return units >= 2 && units <= 4 ? few : many;
}

std::string months_words(double months, Language language) {
    const std::string number = number_words(months, language);
    const bool whole = number.find_first_of(".,") == std::string::npos;
    if (language == Language::en) return number + (number == "1" ? " month" : " months");
    // A fraction governs the genitive singular: 5,2 месяца.
    const auto word = whole ? russian_plural(std::llround(months), "месяц", "месяца", "месяцев") : "месяца";
    return number + "\u00a0" + std::string(word);
}

std::string quoted(std::string_view name, Language language) {
    constexpr std::size_t longest = 80;  // bytes
    std::string text(name.substr(0, longest));
    if (name.size() > longest) {
        // 10xxxxxx bytes continue a character; take the broken one off.
        std::size_t end = longest;
        while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
        text = std::string(name.substr(0, end)) + "\u2026";
    }
    return language == Language::en ? "\"" + text + "\"" : "«" + text + "»";
}

}  // namespace fin::risk
