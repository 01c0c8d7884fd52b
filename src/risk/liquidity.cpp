// How long the money lasts: liquidity, burn_acceleration, negative_cash.
#include <algorithm>
#include <cmath>

#include "forecast/ledger_forecast.hpp"
#include "risk/rules.hpp"

namespace fin::risk {

namespace {

// Net burn of the runway: the median of T3, so that one bad month does not end a company.
double median_burn(const Picture& picture) { return median(Picture::trailing(picture.burn_booked, 3)); }

}  // namespace

Found liquidity(const Picture& picture, const Thresholds& thresholds) {
    if (!picture.cash_is_known() || picture.n < 1) return std::nullopt;
    const double burn = median_burn(picture), cash = picture.cash();
    if (burn <= 0) return std::nullopt;
    const double runway = std::max(0.0, cash / burn);
    const Rule rule = rule_of("liquidity", thresholds);
    auto verdict = judge(rule, runway);
    if (!verdict) return std::nullopt;
    if (cash <= 0) verdict->severity = Severity::critical, verdict->score = 1;

    Risk risk = risk_of(rule, *verdict, runway);
    risk.evidence.insert(risk.evidence.end(),
                         {{"runway_months", runway}, {"cash", cash}, {"net_burn", burn}, {"months", 3.0}});
    if (cash <= 0) {
        risk.title_en = "The cash is used up while " + money_words(burn, Language::en) + " a month goes out";
        risk.title_ru = "Деньги закончились, а каждый месяц уходит ещё " + money_words(burn, Language::ru);
    } else {
        risk.title_en = "Cash lasts " + months_words(runway, Language::en) + " at a net burn of " +
                        money_words(burn, Language::en) + " a month";
        risk.title_ru = "Денег хватит на " + months_words(runway, Language::ru) + ": каждый месяц уходит на " +
                        money_words(burn, Language::ru) + " больше, чем приходит";
    }
    risk.impact = money(burn);
    return risk;
}

Found burn_acceleration(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 6) return std::nullopt;
    const double now = mean(Picture::trailing(picture.burn, 3));
    const double revenue = mean(Picture::trailing(picture.revenue, 3));
    const bool year_before = picture.season_strong();
    const double before = mean(Picture::trailing(picture.burn, 3, year_before ? 12 : 3));
    if (now <= 0) return std::nullopt;
    const Rule rule = rule_of("burn_acceleration", thresholds);
    const double least_rise = 0.05 * std::max(0.0, revenue);
    const bool began = before <= 0;
    const double rise = now - std::max(0.0, before);
    if (began ? now <= least_rise : rise < least_rise) return std::nullopt;
    // Burn that began has nothing to be compared with: it holds, and no ratio makes it worse.
    const auto verdict = judge(rule, began ? rule.medium : now / before);
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, began ? rule.medium : now / before);
    if (began) risk.evidence.front() = {"value", 0, "burn began"};
    risk.evidence.insert(risk.evidence.end(),
                         {{"net_burn_t3", now},
                          {"net_burn_before", before},
                          {"rise", rise},
                          {"revenue_t3", revenue},
                          {"compared_with", 0, year_before ? "same months a year before" : "three months before"}});
    const std::string than_en = year_before ? "a year before" : "in the three months before";
    const std::string than_ru = year_before ? "годом раньше" : "в предыдущие три месяца";
    if (began) {
        risk.title_en =
            "The company began to burn money: " + money_words(now, Language::en) + " a month in the last three months";
        risk.title_ru = "Компания начала тратить больше, чем получает: " + money_words(now, Language::ru) +
                        " в месяц за последние три месяца";
    } else {
        risk.title_en = "Net burn is " + number_words(now / before, Language::en) + " times what it was " + than_en +
                        ": " + money_words(now, Language::en) + " a month instead of " +
                        money_words(before, Language::en);
        risk.title_ru = "Отток денег в " + number_words(now / before, Language::ru) + " раза больше, чем " + than_ru +
                        ": " + money_words(now, Language::ru) + " в месяц вместо " + money_words(before, Language::ru);
        // "в 5 раз", "в 2,5 раза"
        const std::string number = number_words(now / before, Language::ru);
        if (number.find(',') == std::string::npos) {
            const auto word = russian_plural(std::llround(now / before), "раз", "раза", "раз");
            const std::string from = "в " + number + " раза";
            risk.title_ru.replace(risk.title_ru.find(from), from.size(), "в " + number + " " + std::string(word));
        }
    }
    risk.impact = money(rise);
    return risk;
}

Found negative_cash(const Picture& picture, const Thresholds& thresholds) {
    if (!picture.cash_is_known() || picture.facts.ledger.empty()) return std::nullopt;
    const double cash = picture.cash();
    const Rule rule = rule_of("negative_cash", thresholds);
    const double burn = picture.n > 0 ? median_burn(picture) : 0;
    if (cash < 0) {
        const auto verdict = judge(rule, 0);
        if (!verdict) return std::nullopt;
        Risk risk = risk_of(rule, *verdict, 0);
        risk.score = 1;
        risk.evidence.insert(risk.evidence.end(), {{"cash", cash}, {"net_burn", burn}});
        risk.title_en = "The balance is below zero: " + money_words(-cash, Language::en) + " is missing";
        risk.title_ru = "Остаток ниже нуля: не хватает " + money_words(-cash, Language::ru);
        risk.impact = money(burn > 0 ? burn : -cash / 3);
        return risk;
    }
    // The balance is above zero today and ends a month of the forecast below it.
    if (const auto* forecast = picture.facts.forecast; forecast && forecast->zero_cash) {
        const double months = *forecast->zero_cash - picture.last();
        if (const auto verdict = judge(rule, months)) {
            const auto step = static_cast<std::size_t>(months) - 1;
            const double missing = -forecast->central_cash[step];
            Risk risk = risk_of(rule, *verdict, months);
            const std::string month = ledger::month_text(*forecast->zero_cash);
            risk.evidence.insert(
                risk.evidence.end(),
                {{"cash", cash}, {"net_burn", burn}, {"zero_cash_month", 0, month}, {"cash_forecast", -missing}});
            if (forecast->zero_cash_lo80)
                risk.evidence.push_back({"zero_cash_month_lo80", 0, ledger::month_text(*forecast->zero_cash_lo80)});
            if (forecast->runway.months)
                risk.evidence.insert(risk.evidence.end(), {{"runway_forecast", *forecast->runway.months},
                                                           {"runway_confidence", forecast->runway.confidence}});
            risk.title_en = "The forecast of cash falls below zero in " + months_words(months, Language::en) + " (" +
                            month + "): " + money_words(missing, Language::en) + " will be missing";
            risk.title_ru = "По прогнозу через " + months_words(months, Language::ru) + " (" + month +
                            ") остаток станет отрицательным: не хватит " + money_words(missing, Language::ru);
            risk.impact = money(std::max(burn, missing / months));
            return risk;
        }
    }
    // A watch list: month ends of T3 were below zero, the balance is not any more.
    const auto& ends = picture.facts.monthly.cash;
    double least = 0;
    for (std::size_t i = ends.size() > 3 ? ends.size() - 3 : 0; i < ends.size(); ++i)
        least = std::min(least, ends[i].value());
    if (least >= 0) return std::nullopt;
    Risk risk = risk_of(rule, {Severity::low, 0.2, rule.medium}, rule.medium);
    risk.evidence = {{"cash", cash}, {"min_month_end", least}, {"months", 3}};
    risk.title_en =
        "In the last three months the balance was below zero, at worst by " + money_words(-least, Language::en);
    risk.title_ru =
        "За последние три месяца остаток опускался ниже нуля, в худшем случае на " + money_words(-least, Language::ru);
    risk.impact = money(-least / 3);
    return risk;
}

}  // namespace fin::risk
