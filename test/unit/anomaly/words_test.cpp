// Money, dates and numbers in sentences.
#include "anomaly/words.hpp"

using namespace fin;
using namespace fin::anomaly;

TEST(AnomalyWords, MoneyHasCentsGroupsAndItsCurrency) {
    EXPECT_EQ(money_text(1234567.5, "EUR", Language::en), "1,234,567.50\u00a0EUR");
    EXPECT_EQ(money_text(-1234567.5, "RUB", Language::ru), "1\u00a0234\u00a0567,50\u00a0RUB");
    EXPECT_EQ(money_text(0.05, "", Language::en), "0.05");
    EXPECT_EQ(money_text(999.999, "USD", Language::en), "1,000.00\u00a0USD");
}

TEST(AnomalyWords, DaysAndWeekdays) {
    const auto day = ledger::day_of(2022, 9, 10);
    EXPECT_EQ(day_text(day, Language::en), "2022-09-10");
    EXPECT_EQ(day_text(day, Language::ru), "10.09.2022");
    EXPECT_EQ(weekday_text(day, Language::en), "Saturday");
    EXPECT_EQ(weekday_text(day, Language::ru), "субботу");
}

TEST(AnomalyWords, RussianNounsFollowTheirNumber) {
    const auto form = [](int number) { return form_ru(number, "платёж", "платежа", "платежей"); };
    EXPECT_EQ(form(1), "платёж");
    EXPECT_EQ(form(3), "платежа");
    EXPECT_EQ(form(10), "платежей");
    EXPECT_EQ(form(12), "платежей");
    EXPECT_EQ(form(21), "платёж");
}
