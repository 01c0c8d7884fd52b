// Figures in words, English and Russian: rounded as people say them.
#pragma once
#include <string>
#include <string_view>

namespace fin::risk {

enum class Language { en, ru };

// 12345.6 -> "12,300" / "12 300"; 1234567 -> "1.23 million" / "1,23 млн". Three significant digits, no currency sign.
std::string money_words(double amount, Language language);
// 0.3456 -> "35%" / "35 %"; below 10 % one decimal.
std::string percent_words(double ratio, Language language);
// 0.075 -> "7.5 points" / "7,5 п. п.".
std::string points_words(double ratio, Language language);
// 5.23 -> "5.2" / "5,2"; no decimals from 10 on, and none that are zero.
std::string number_words(double value, Language language);
// 1 -> "1 month" / "1 месяц", 2 -> "2 месяца", 5 -> "5 месяцев", 5.2 -> "5.2 months" / "5,2 месяца".
std::string months_words(double months, Language language);

// Russian plural: 1, 21 -> one; 2-4, 22 -> few; 0, 5-20 -> many.
std::string_view russian_plural(long long count, std::string_view one, std::string_view few, std::string_view many);

// A name as people quote it, cut at a whole character where it is long: "Acme" / «Acme».
std::string quoted(std::string_view name, Language language);

}  // namespace fin::risk
