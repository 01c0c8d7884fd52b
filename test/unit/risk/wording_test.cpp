// Figures in words, with the Russian plural forms.
#include "risk/wording.hpp"

#include "risk/processors.hpp"

using namespace fin::risk;

TEST(Wording, MoneyIsRoundedToThreeDigits) {
    EXPECT_EQ(money_words(12345.6, Language::en), "12,300");
    EXPECT_EQ(money_words(12345.6, Language::ru), "12\u00a0300");
    EXPECT_EQ(money_words(1234567, Language::en), "1.23 million");
    EXPECT_EQ(money_words(1200000, Language::ru), "1,2\u00a0млн");
    EXPECT_EQ(money_words(2e9, Language::ru), "2\u00a0млрд");
    EXPECT_EQ(money_words(999999, Language::en), "1 million");
    EXPECT_EQ(money_words(-950.4, Language::en), "-950");
    EXPECT_EQ(money_words(0.25, Language::ru), "0,25");
    EXPECT_EQ(money_words(0, Language::en), "0");
}

TEST(Wording, MonthsAgreeWithTheirNumber) {
    EXPECT_EQ(months_words(1, Language::en), "1 month");
    EXPECT_EQ(months_words(5.24, Language::en), "5.2 months");
    EXPECT_EQ(months_words(1, Language::ru), "1\u00a0месяц");
    EXPECT_EQ(months_words(2, Language::ru), "2\u00a0месяца");
    EXPECT_EQ(months_words(5, Language::ru), "5\u00a0месяцев");
    EXPECT_EQ(months_words(5.24, Language::ru), "5,2\u00a0месяца");
    EXPECT_EQ(months_words(11, Language::ru), "11\u00a0месяцев");
    EXPECT_EQ(months_words(21, Language::ru), "21\u00a0месяц");
}

TEST(Wording, PercentAndPoints) {
    EXPECT_EQ(percent_words(0.3456, Language::en), "35%");
    EXPECT_EQ(percent_words(0.0456, Language::ru), "4,6\u00a0%");
    EXPECT_EQ(percent_words(-0.0004, Language::en), "0%");
    EXPECT_EQ(points_words(0.075, Language::ru), "7,5\u00a0п.\u00a0п.");
}

TEST(Wording, NamesAreQuotedAndCutAtAWholeCharacter) {
    EXPECT_EQ(quoted("Acme", Language::en), "\"Acme\"");
    EXPECT_EQ(quoted("Ромашка", Language::ru), "«Ромашка»");
    std::string name = "x";
    for (int i = 0; i < 60; ++i) name += "я";
    EXPECT_EQ(quoted(name, Language::en), "\"" + name.substr(0, 79) + "\u2026\"");
}

TEST(Processors, AreToldFromNamesThatOnlyBeginLikeThem) {
    for (const char* name : {"Stripe", "STRIPE PAYMENTS UK", "SQ *CORNER SHOP", "Square", "Яндекс.Касса", "cash sales"})
        EXPECT_TRUE(is_collector(name)) << name;
    for (const char* name : {"Stripes & Co", "Square Mile Advisors", "Paddle Sports", "Касса взаимопомощи", "Amazonia"})
        EXPECT_FALSE(is_collector(name)) << name;
}
