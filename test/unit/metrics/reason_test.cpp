// Reasons of metrics in Russian: numbers stay, several reasons are translated one by one.
#include "metrics/reason.hpp"

using fin::metrics::reason_ru;

TEST(ReasonRu, KeepsTheNumbers) {
    EXPECT_EQ(reason_ru("24 complete months needed, there are 7"), "нужно полных месяцев: 24, есть: 7");
    EXPECT_EQ(reason_ru("only 2 of 3 months"), "месяцев 2 из 3");
    EXPECT_EQ(reason_ru("2 rates bring the value to zero; this is the one nearest to 0"),
              "стоимость обнуляют ставок: 2; взята ближайшая к 0");
}

TEST(ReasonRu, TranslatesEachOfSeveralReasons) {
    EXPECT_EQ(reason_ru("opening balance unknown: cash is counted from 0; only 1 of 3 months"),
              "начальный остаток неизвестен: деньги считаются от 0; месяцев 1 из 3");
    EXPECT_EQ(reason_ru("revenue a year before is zero"), "выручка годом раньше равна нулю");
}

TEST(ReasonRu, LeavesWhatItDoesNotKnow) { EXPECT_EQ(reason_ru("a new reason"), "a new reason"); }
