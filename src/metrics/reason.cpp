#include "metrics/reason.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace fin::metrics {

namespace {

struct Phrase {
    std::string_view en, ru;  // # stands for a number; the Russian keeps their order
};

constexpr std::array phrases = {
    Phrase{"opening balance unknown: cash is counted from 0", "начальный остаток неизвестен: деньги считаются от 0"},
    Phrase{"not burning", "деньги не убывают"},
    Phrase{"exhausted", "деньги исчерпаны"},
    Phrase{"no forecast of cash was made", "прогноз денег не строился"},
    Phrase{"opening balance unknown", "начальный остаток неизвестен"},
    Phrase{"too little history for a forecast", "для прогноза слишком мало данных"},
    Phrase{"cash stays above zero over # months of the forecast",
           "по прогнозу на # мес. остаток не опускается ниже нуля"},
    Phrase{"no expenses", "расходов нет"},
    Phrase{"no sales", "продаж нет"},
    Phrase{"no rows", "строк нет"},
    Phrase{"no month before", "предыдущего месяца нет"},
    Phrase{"rows without a payer count as one payer", "строки без плательщика считаются одним плательщиком"},
    Phrase{"rows without a supplier count as one supplier", "строки без поставщика считаются одним поставщиком"},
    Phrase{"a payer with a negative balance is left out", "плательщик с отрицательным итогом не учтён"},
    Phrase{"a supplier with a negative balance is left out", "поставщик с отрицательным итогом не учтён"},
    Phrase{"# complete months needed to know what recurs",
           "чтобы найти повторяющиеся платежи, нужно полных месяцев: #"},
    Phrase{"variable costs take all revenue: no revenue covers the fixed costs",
           "переменные расходы забирают всю выручку: никакая выручка не покроет постоянные"},
    Phrase{"# complete months needed", "нужно полных месяцев: #"},
    Phrase{"# complete months needed, there are #", "нужно полных месяцев: #, есть: #"},
    Phrase{"needs # complete months: these and the three before", "нужно полных месяцев: # (эти и три предыдущих)"},
    Phrase{"growth over # months of the year", "рост по # мес. года"},
    Phrase{"yearly growth from compound monthly growth", "годовой рост выведен из среднего месячного"},
    Phrase{"revenue of the first or last month is not positive",
           "выручка первого или последнего месяца не положительна"},
    Phrase{"revenue of the first or last year is not positive", "выручка первого или последнего года не положительна"},
    Phrase{"no interest or principal paid", "проценты и основной долг не платились"},
    Phrase{"a ledger of payments holds cash only: the ratio is 1 by definition",
           "в журнале платежей есть только деньги: отношение равно 1 по определению"},
    Phrase{"the base is negative", "база отрицательна"},
    Phrase{"the base is zero: new, not grown", "база равна нулю: это начало, а не рост"},
    Phrase{"no category is cost of goods sold", "ни одна категория не относится к себестоимости"},
    Phrase{"transfers do not cancel out: the change of cash differs by their balance",
           "переводы не сходятся к нулю: изменение денег отличается на их разницу"},
    Phrase{"the month is not complete", "месяц неполный"},
    Phrase{"the ledger has no balance column", "в журнале нет столбца остатка"},
    Phrase{"no recurring revenue at the start of the period", "в начале периода повторяющейся выручки нет"},
    Phrase{"no recurring revenue", "повторяющейся выручки нет"},
    Phrase{"burning without growth of recurring revenue", "деньги тратятся, а повторяющаяся выручка не растёт"},
    Phrase{"# rates bring the value to zero; this is the one nearest to 0",
           "стоимость обнуляют ставок: #; взята ближайшая к 0"},
    Phrase{"no rate brings the value to zero", "ни одна ставка не обнуляет стоимость"},
    Phrase{"no complete month before the last three", "до последних трёх полных месяцев других нет"},
    Phrase{"no complete month", "полных месяцев нет"},
    Phrase{"only # of # months", "месяцев # из #"},
    Phrase{"cash flows do not change sign", "знак потоков не меняется"},
    Phrase{"all cash flows are on one day", "все потоки приходятся на один день"},
    Phrase{"the series does not vary", "ряд не меняется"},
};

struct Subject {
    std::string_view en, is_zero, is_negative;
};
constexpr std::array subjects = {
    Subject{"mean revenue", "средняя выручка равна нулю", "средняя выручка отрицательна"},
    Subject{"mean", "среднее равно нулю", "среднее отрицательно"},
    Subject{"revenue a year before", "выручка годом раньше равна нулю", "выручка годом раньше отрицательна"},
    Subject{"revenue", "выручка равна нулю", "выручка отрицательна"},
    Subject{"expenses", "расходы равны нулю", "расходы отрицательны"},
    Subject{"spending", "траты равны нулю", "траты отрицательны"},
    Subject{"the peak of cash", "наибольший остаток равен нулю", "наибольший остаток отрицателен"},
    Subject{"the sum of expenses", "сумма расходов равна нулю", "сумма расходов отрицательна"},
    Subject{"turnover", "оборот равен нулю", "оборот отрицателен"},
};

// The text with every number replaced by #, and the numbers.
std::pair<std::string, std::vector<std::string>> pattern_of(std::string_view text) {
    std::string pattern;
    std::vector<std::string> numbers;
    bool in_number = false;
    for (const char c : text) {
        const bool digit = c == '#' || (c >= '0' && c <= '9');
        if (!digit)
            pattern += c;
        else if (in_number)
            numbers.back() += c;
        else
            pattern += '#', numbers.emplace_back(1, c);
        in_number = digit;
    }
    return {pattern, numbers};
}

std::string translated(std::string_view part) {
    for (const auto& [en, is_zero, is_negative] : subjects) {
        if (part == std::string(en) + " is zero") return std::string(is_zero);
        if (part == std::string(en) + " is negative") return std::string(is_negative);
    }
    const auto [pattern, numbers] = pattern_of(part);
    for (const auto& [en, ru] : phrases) {
        const auto [known, wanted] = pattern_of(en);
        if (known != pattern) continue;
        std::string text(ru);
        for (std::size_t i = 0; i < wanted.size(); ++i)
            if (wanted[i] == "#") text.replace(text.find('#'), 1, numbers[i]);
        return text;
    }
    return std::string(part);
}

}  // namespace

std::string reason_ru(std::string_view english) {
    // A whole reason first: some have a semicolon of their own.
    std::string whole = translated(english);
    if (whole != english) return whole;
    std::string text;
    for (std::size_t at = 0; at <= english.size();) {
        const auto end = std::min(english.find("; ", at), english.size());
        text += (text.empty() ? "" : "; ") + translated(english.substr(at, end - at));
        at = end + 2;
    }
    return text;
}

}  // namespace fin::metrics
