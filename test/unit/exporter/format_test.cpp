#include "exporter/format.hpp"

#include "drawn.hpp"
#include "exporter/axis.hpp"
#include "exporter/names.hpp"
#include "exporter/text_lines.hpp"
#include "exporter/texts.hpp"

namespace fin::exporter {
namespace {

TEST(Format, MoneyPercentMonthsAndDays) {
    const Format en(Language::en, 2), ru(Language::ru, 2);
    EXPECT_EQ(en.money(-1234567.891), "\u22121,234,567.89");
    EXPECT_EQ(ru.money(-1234567.891), "\u22121\u00a0234\u00a0567,89");
    EXPECT_EQ(en.money(-0.001), "0.00");
    EXPECT_EQ(en.signed_money(12.5), "+12.50");
    EXPECT_EQ(en.signed_money(0), "0.00");
    EXPECT_EQ(Format(Language::en, 0).money(1234.5), "1,235");
    EXPECT_EQ(en.compact(1240000), "1.24M");
    EXPECT_EQ(ru.compact(-15000), "\u221215\u00a0тыс.");
    EXPECT_EQ(en.compact(999.96e3), "1M");
    EXPECT_EQ(en.compact(0), "0");
    EXPECT_EQ(en.percent(-0.351), "\u221235.1\u00a0%");
    EXPECT_EQ(en.months(1), "1\u00a0month");
    EXPECT_EQ(ru.months(2), "2\u00a0месяца");
    EXPECT_EQ(ru.months(5), "5\u00a0месяцев");
    EXPECT_EQ(ru.months(7.5), "7,5\u00a0месяца");
    EXPECT_EQ(en.day("2017-12-26"), "26\u00a0Dec\u00a02017");
    EXPECT_EQ(ru.day("2017-12-26"), "26.12.2017");
    EXPECT_EQ(en.month("2017-03"), "March\u00a02017");
    EXPECT_EQ(ru.short_month("2017-03"), "мар\u00a017");
    EXPECT_EQ(en.day("never"), "never");
    EXPECT_EQ(en.figure(20180601, "date", "ok"), "June\u00a02018");
    EXPECT_EQ(en.figure(std::nullopt, "money", "infinite"), "without limit");
}

TEST(Ticks, AreRoundAndCoverTheValues) {
    EXPECT_EQ(nice_ticks(0, 97, 5), (std::vector<double>{0, 20, 40, 60, 80, 100}));
    EXPECT_EQ(nice_ticks(-3, 7, 5), (std::vector<double>{-4, -2, 0, 2, 4, 6, 8}));
    for (const auto& [low, high] :
         std::vector<std::pair<double, double>>{{0, 0}, {5, 5}, {-1e12, 3e11}, {1e-7, 2e-7}, {-8, -8}}) {
        const auto ticks = nice_ticks(low, high);
        ASSERT_GE(ticks.size(), 2U);
        EXPECT_LE(ticks.front(), low);
        EXPECT_GE(ticks.back(), high);
        EXPECT_LE(ticks.size(), 12U);
    }
    const Scale scale(0, 100, 200, 0);
    EXPECT_DOUBLE_EQ(scale.at(50), 100);
}

TEST(Lines, WrapCutAndCleanUp) {
    const SvgCanvas canvas(1, 1, "", "", "en");
    const TextStyle style{10, Weight::regular, {}};
    for (const std::string& line :
         wrapped(canvas, "Слово за словом идёт в строку, " + std::string(90, 'w'), style, 120))
        EXPECT_LE(canvas.width(line, style), 120.01) << line;
    const auto two = wrapped(canvas, "one two three four five six seven eight nine ten", style, 60, 2);
    ASSERT_EQ(two.size(), 2U);
    EXPECT_TRUE(two[1].ends_with("\u2026"));
    EXPECT_EQ(fitted(canvas, "short", style, 100), "short");
    EXPECT_LE(canvas.width(fitted(canvas, std::string(5000, 'x'), style, 80), style), 80.01);
    EXPECT_EQ(drawable("a\xff\x01"
                       "b\nc"),
              "a\ufffdb c");
    EXPECT_TRUE(wrapped(canvas, "", style, 50).empty());
}

TEST(Texts, EveryKeyHasBothLanguagesAndSlotsAgree) {
    EXPECT_EQ(say("impact", Language::en, {"5"}), "5 a month at stake");
    EXPECT_EQ(say("no.such.key", Language::ru), "no.such.key");
    EXPECT_EQ(capital("выручка"), "Выручка");
    EXPECT_EQ(capital("прибыль"), "Прибыль");
    EXPECT_EQ(metric_title("net_burn", Language::en), "Net burn");
    EXPECT_EQ(metric_title("something_new", Language::en), "Something new");
}

}  // namespace
}  // namespace fin::exporter
