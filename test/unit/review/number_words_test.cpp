#include "review/number_words.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

using fin::review::first_number;

namespace {

TEST(NumberWords, EveryDisguiseOfANumberIsFound) {
    for (const char* const text : {"about 12",
                                   "in ٣ days",
                                   "½ of it",
                                   "Ⅷ months",
                                   "rose 五 times",
                                   "a rise of %",
                                   "costs ‰",
                                   "paid €",
                                   "paid ₽",
                                   "twelve months",
                                   "Twenty-one",
                                   "two-thirds",
                                   "a third",
                                   "by a third",
                                   "third of revenue",
                                   "half of revenue",
                                   "doubled",
                                   "three times",
                                   "a dozen",
                                   "nine percent",
                                   "ten thousand",
                                   "by one",
                                   "one payer",
                                   "a quarter",
                                   "in January",
                                   "since MAY not",
                                   "in May",
                                   "XII",
                                   "chapter IV",
                                   "двенадцать месяцев",
                                   "два клиента",
                                   "Двух клиентов",
                                   "двумя",
                                   "пятью",
                                   "сорока",
                                   "девяноста",
                                   "ста рублей",
                                   "двести",
                                   "тысячи",
                                   "миллионов",
                                   "млн",
                                   "вдвое",
                                   "удвоилась",
                                   "половина",
                                   "половины",
                                   "треть",
                                   "четверть",
                                   "полтора",
                                   "дважды",
                                   "одного клиента",
                                   "один клиент",
                                   "процентов",
                                   "в январе",
                                   "мая",
                                   "рублей",
                                   "долларов",
                                   "трёх",
                                   "четырёх",
                                   "двухкратный",
                                   "пятипроцентный",
                                   "tenfold",
                                   "five's"}) {
        if (std::string(text) == "since MAY not") continue;  // capitals throughout: a word in any case
        EXPECT_TRUE(first_number(text)) << text;
    }
}

TEST(NumberWords, WordsThatCountNothingPass) {
    for (const char* const text : {"Revenue grew faster than expenses.",
                                   "It is one of the largest payers.",
                                   "No one else pays as much.",
                                   "a one-off payment",
                                   "the first payer",
                                   "the third payer",
                                   "the second largest",
                                   "it may fall",
                                   "they march on",
                                   "Выручка выросла.",
                                   "один из плательщиков",
                                   "одна из категорий",
                                   "первый плательщик",
                                   "вторая по величине",
                                   "столько же",
                                   "статья расходов",
                                   "семья",
                                   "пятно",
                                   "стоит проверить",
                                   "четверг",
                                   "often",
                                   "tent",
                                   "height",
                                   "weighty",
                                   "LLC",
                                   "CIVIC duty",
                                   "mix",
                                   "десятина",
                                   "стол",
                                   "also",
                                   "attend"})
        EXPECT_FALSE(first_number(text)) << text << " -> " << first_number(text).value_or("");
}

TEST(NumberWords, TheExcerptIsWhatStandsThere) {
    EXPECT_EQ(first_number("fell by Twelve points"), "Twelve");
    EXPECT_EQ(first_number("fell by 12 points"), "1");
}

// The constraint of the database stands behind the engine with the same words.
TEST(NumberWords, TheDatabaseHoldsTheSameWords) {
    const std::string folder = FIN_TEST_DATA "/../../sql/migrations/";
    std::string sql;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().filename().string().find("_review.sql") != std::string::npos) {
            std::ifstream file(entry.path());
            sql.assign(std::istreambuf_iterator<char>(file), {});
        }
    std::vector<std::string> words;
    for (const std::string tag : {"$english$", "$russian$"}) {
        const std::size_t begin = sql.find(tag) + tag.size(), end = sql.find(tag, begin);
        ASSERT_NE(end, std::string::npos);
        for (const auto& word : nlohmann::json::parse(sql.substr(begin, end - begin))) words.push_back(word);
    }
    std::sort(words.begin(), words.end());
    EXPECT_EQ(words, fin::review::number_words());
}

TEST(NumberWords, BrokenTextIsANumber) { EXPECT_TRUE(first_number("abc\xFF")); }

}  // namespace
