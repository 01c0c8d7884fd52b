// Numbers, days and months as a report writes them, in English or Russian.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "analysis/wording.hpp"

namespace fin::exporter {

using analysis::Language;

class Format {
public:
    // `decimals` of money: 2, or 0 where the amounts are so large that cents would not fit their columns.
    Format(Language language, int decimals) : language_(language), decimals_(decimals) {}

    Language language() const { return language_; }
    int decimals() const { return decimals_; }
    // "1,234.50", "−1 234,50": a real minus sign, as print has it.
    std::string money(double amount) const;
    std::string signed_money(double amount) const;  // "+1,234.50" too
    // For axes: "1.2M", "1,2 млн".
    std::string compact(double amount) const;
    std::string percent(double ratio) const;
    std::string signed_percent(double ratio) const;
    std::string number(double value, int decimals) const;
    std::string count(long long value) const;
    std::string months(double value) const;               // "4.5 months"
    std::string month(std::string_view iso) const;        // "March 2017", "март 2017"
    std::string short_month(std::string_view iso) const;  // "Mar 17", "мар 17"
    std::string day(std::string_view iso) const;          // "31 Mar 2017", "31.03.2017"
    // A metric's value in its unit; the word for its status where there is none.
    std::string figure(std::optional<double> value, std::string_view unit, std::string_view status) const;

private:
    Language language_;
    int decimals_;
};

}  // namespace fin::exporter
