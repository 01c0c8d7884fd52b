#include "exporter/format.hpp"

#include <array>
#include <cmath>

#include "exporter/texts.hpp"

namespace fin::exporter {

namespace {

constexpr std::string_view minus = "\u2212", no_break = "\u00a0";

// The sign that print uses, and none before a zero.
std::string printed(std::string text) {
    if (!text.empty() && text[0] == '-') text.replace(0, 1, minus);
    return text;
}

std::string trimmed(std::string text) {
    if (text.find_first_of(".,") == std::string::npos) return text;
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.' || text.back() == ',') text.pop_back();
    return text;
}

struct Parts {
    int year = 0, month = 0, day = 0;
};

// "2017-03" or "2017-03-31"; month 0 for anything else.
Parts parts_of(std::string_view iso) {
    Parts parts;
    const auto number = [&](std::size_t at, std::size_t length) {
        int value = 0;
        for (std::size_t i = at; i < at + length; ++i) {
            if (i >= iso.size() || iso[i] < '0' || iso[i] > '9') return -1;
            value = value * 10 + (iso[i] - '0');
        }
        return value;
    };
    const int year = number(0, 4), month = number(5, 2);
    if (year < 0 || month < 1 || month > 12) return parts;
    parts = {year, month, iso.size() >= 10 ? number(8, 2) : 0};
    return parts;
}

constexpr std::array<std::string_view, 12> short_en = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 12> short_ru = {"янв", "фев", "мар", "апр", "май", "июн",
                                                       "июл", "авг", "сен", "окт", "ноя", "дек"};
constexpr std::array<std::string_view, 12> long_en = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 12> long_ru = {"январь", "февраль", "март",     "апрель",  "май",    "июнь",
                                                      "июль",   "август",  "сентябрь", "октябрь", "ноябрь", "декабрь"};

}  // namespace

std::string Format::number(double value, int decimals) const {
    if (!std::isfinite(value)) return "–";
    return printed(analysis::decimal(value, decimals, language_));
}

std::string Format::money(double amount) const { return number(amount, decimals_); }

std::string Format::signed_money(double amount) const {
    const std::string text = money(amount);
    return amount > 0 && text.find_first_of("123456789") != std::string::npos ? "+" + text : text;
}

std::string Format::count(long long value) const { return number(static_cast<double>(value), 0); }

std::string Format::compact(double amount) const {
    const bool ru = language_ == Language::ru;
    const double size = std::abs(amount);
    struct Unit {
        double size;
        std::string_view en, ru;
    };
    static constexpr std::array units = {Unit{1e12, "T", "трлн"}, Unit{1e9, "bn", "млрд"}, Unit{1e6, "M", "млн"},
                                         Unit{1e3, "k", "тыс."}};
    for (const Unit& unit : units)
        if (size >= unit.size * 0.9995) {
            const double scaled = amount / unit.size;
            const int decimals = std::abs(scaled) < 10 ? 2 : std::abs(scaled) < 100 ? 1 : 0;
            return trimmed(number(scaled, decimals)) +
                   (ru ? std::string(no_break) + std::string(unit.ru) : std::string(unit.en));
        }
    return size == 0 ? "0" : trimmed(number(amount, size < 10 ? 2 : size < 100 ? 1 : 0));
}

std::string Format::percent(double ratio) const { return printed(analysis::percent(ratio, language_)); }

std::string Format::signed_percent(double ratio) const { return (ratio > 0 ? "+" : "") + percent(ratio); }

std::string Format::months(double value) const {
    const std::string text = trimmed(number(value, 1));
    const bool whole = text.find_first_of(".,") == std::string::npos;
    if (language_ == Language::en) return text + std::string(no_break) + (text == "1" ? "month" : "months");
    // A fraction governs the genitive singular: 5,2 месяца.
    const auto word =
        whole ? analysis::plural_ru(static_cast<int>(std::lround(value)), "месяц", "месяца", "месяцев") : "месяца";
    return text + std::string(no_break) + std::string(word);
}

std::string Format::month(std::string_view iso) const {
    const Parts parts = parts_of(iso);
    if (parts.month == 0) return std::string(iso);
    const auto at = static_cast<std::size_t>(parts.month - 1);
    return std::string(language_ == Language::ru ? long_ru[at] : long_en[at]) + std::string(no_break) +
           std::to_string(parts.year);
}

std::string Format::short_month(std::string_view iso) const {
    const Parts parts = parts_of(iso);
    if (parts.month == 0) return std::string(iso);
    const auto at = static_cast<std::size_t>(parts.month - 1);
    const std::string year = std::to_string(100 + parts.year % 100).substr(1);
    return std::string(language_ == Language::ru ? short_ru[at] : short_en[at]) + std::string(no_break) + year;
}

std::string Format::day(std::string_view iso) const {
    const Parts parts = parts_of(iso);
    if (parts.month == 0 || parts.day <= 0) return std::string(iso);
    const std::string year = std::to_string(parts.year), day = std::to_string(parts.day);
    if (language_ == Language::ru)
        return std::to_string(100 + parts.day).substr(1) + "." + std::to_string(100 + parts.month).substr(1) + "." +
               year;
    return day + std::string(no_break) + std::string(short_en[static_cast<std::size_t>(parts.month - 1)]) +
           std::string(no_break) + year;
}

std::string Format::figure(std::optional<double> value, std::string_view unit, std::string_view status) const {
    if (!value) return std::string(say("status." + std::string(status), language_));
    if (unit == "ratio" || unit == "ratio/month") return percent(*value);
    if (unit == "points") return number(*value, 0);
    if (unit == "months") return months(*value);
    if (unit == "count") return trimmed(number(*value, 1));
    if (unit == "days") return number(*value, 0);
    // Dates are numbers that read as one, 20260301: the month is what counts.
    if (unit == "date") {
        const auto whole = std::lround(*value) / 100;
        return month(std::to_string(whole / 100) + "-" + std::to_string(100 + whole % 100).substr(1));
    }
    return money(*value);
}

}  // namespace fin::exporter
