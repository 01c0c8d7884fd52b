#include "analysis/wording.hpp"

#include <array>
#include <cmath>
#include <cstdlib>

namespace fin::analysis {

using ledger::Money;

namespace {

constexpr std::string_view no_break_space = "\xC2\xA0";

std::string grouped(std::uint64_t number, Language language) {
    std::string digits = std::to_string(number), text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += language == Language::ru ? no_break_space : ",";
        text += digits[i];
    }
    return text;
}

// round(x * 10^decimals) as text with the language's mark; independent of the locale.
std::string fixed(double number, int decimals, Language language) {
    double scaled = std::round(std::abs(number) * std::pow(10.0, decimals));
    if (!(scaled < 1e18)) scaled = 1e18;
    std::string digits = std::to_string(static_cast<std::uint64_t>(scaled));
    if (digits.size() <= static_cast<std::size_t>(decimals))
        digits.insert(0, static_cast<std::size_t>(decimals) + 1 - digits.size(), '0');
    const std::string whole = digits.substr(0, digits.size() - static_cast<std::size_t>(decimals));
    std::string text = grouped(std::strtoull(whole.c_str(), nullptr, 10), language);
    if (decimals > 0) text += (language == Language::ru ? "," : ".") + digits.substr(whole.size());
    return (number < 0 && scaled > 0 ? "-" : "") + text;
}

struct Subject {
    std::string_view code, en, ru, ru_rose, ru_fell, ru_same;
    bool signed_figure;  // a profit that may be a loss, a flow that may go out
};
constexpr std::array subjects = {
    Subject{"revenue", "revenue", "выручка", "выросла", "снизилась", "не изменилась", false},
    Subject{"expenses", "expenses", "расходы", "выросли", "снизились", "не изменились", false},
    Subject{"operating_profit", "operating profit", "операционная прибыль", "выросла", "снизилась", "не изменилась",
            true},
    Subject{"net_profit", "net profit", "чистая прибыль", "выросла", "снизилась", "не изменилась", true},
    Subject{"net_cash_flow", "net cash flow", "чистый денежный поток", "вырос", "снизился", "не изменился", true},
};

std::string by_how_much(Money previous, Money current, Language language) {
    const Money difference = (current - previous).abs();
    std::string text = amount(difference, language);
    if (previous.units > 0) text += " (" + percent(difference.value() / previous.value(), language) + ")";
    return text;
}

std::string loss_text(const Subject& subject, Money previous, Money current, Language language) {
    const bool flow = subject.code == "net_cash_flow";
    const bool ru = language == Language::ru;
    const std::string before = amount(previous.abs(), language), now = amount(current.abs(), language);
    if (previous.units < 0 && current.units < 0) {
        const bool shrank = current > previous;
        if (ru)
            return (flow ? std::string("отток денег ") + (shrank ? "сократился" : "вырос")
                         : std::string("убыток ") + (shrank ? "сократился" : "вырос")) +
                   " с " + before + " до " + now;
        return (flow ? std::string("the outflow of cash ") : std::string("the loss ")) + (shrank ? "shrank" : "grew") +
               " from " + before + " to " + now;
    }
    if (previous.units < 0) {
        if (ru)
            return (flow ? "отток денег " : "убыток ") + before + " сменился " + (flow ? "притоком " : "прибылью ") +
                   now;
        return (flow ? "an outflow of " : "a loss of ") + before + " turned into " +
               (flow ? "an inflow of " : "a profit of ") + now;
    }
    if (ru)
        return (flow ? "приток денег " : "прибыль ") + before + " сменилась " + (flow ? "оттоком " : "убытком ") + now;
    return (flow ? "an inflow of " : "a profit of ") + before + " turned into " +
           (flow ? "an outflow of " : "a loss of ") + now;
}

}  // namespace

Language language_named(std::string_view code) { return code == "ru" ? Language::ru : Language::en; }

std::string amount(Money money, Language language) {
    const bool small = money.abs().units < 100 * Money::scale && money.units % Money::scale != 0;
    return fixed(money.value(), small ? 2 : 0, language);
}

std::string percent(double ratio, Language language) {
    const double points = ratio * 100;
    return fixed(points, std::abs(points) < 1000 ? 1 : 0, language) + std::string(no_break_space) + "%";
}

std::string decimal(double number, int decimals, Language language) { return fixed(number, decimals, language); }

std::string month_name(ledger::Month month, Language language) {
    static constexpr std::array en = {"January", "February", "March",     "April",   "May",      "June",
                                      "July",    "August",   "September", "October", "November", "December"};
    static constexpr std::array ru = {"январь", "февраль", "март",     "апрель",  "май",    "июнь",
                                      "июль",   "август",  "сентябрь", "октябрь", "ноябрь", "декабрь"};
    const std::size_t i = ledger::month_in_year(month) - 1;
    const std::string year = std::to_string(ledger::year_of(month));
    return language == Language::ru ? std::string(ru[i]) + " " + year + " г." : std::string(en[i]) + " " + year;
}

std::string_view plural_ru(int number, std::string_view one, std::string_view few, std::string_view many) {
    const int tens = std::abs(number) % 100, units = tens % 10;
    if (tens >= 11 && tens <= 14) return many;
    if (units == 1) return one;
    return units >= 2 && units <= 4 ? few : many;
}

std::string change(std::string_view code, Money previous, Money current, Language language) {
    const Subject* subject = &subjects[0];
    for (const auto& candidate : subjects)
        if (candidate.code == code) subject = &candidate;
    const bool ru = language == Language::ru;
    if (previous == current)
        return ru ? std::string(subject->ru) + " " + std::string(subject->ru_same)
                  : std::string(subject->en) + " did not change";
    if (subject->signed_figure && (previous.units < 0 || current.units < 0))
        return loss_text(*subject, previous, current, language);
    const bool rose = current > previous;
    if (ru)
        return std::string(subject->ru) + " " + std::string(rose ? subject->ru_rose : subject->ru_fell) + " на " +
               by_how_much(previous, current, language);
    return std::string(subject->en) + (rose ? " rose by " : " fell by ") + by_how_much(previous, current, language);
}

}  // namespace fin::analysis
