// What is left of revenue: margin_erosion, unprofitable, payroll_burden.
#include <algorithm>
#include <limits>

#include "risk/rules.hpp"

namespace fin::risk {

Found margin_erosion(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 6) return std::nullopt;
    const auto expenses = picture.all_expenses();
    const double revenue = mean(Picture::trailing(picture.revenue, 3)),
                 revenue_before = mean(picture.base(picture.revenue));
    if (revenue <= 0 || revenue_before <= 0) return std::nullopt;
    const double margin = 1 - mean(Picture::trailing(expenses, 3)) / revenue;
    const double before = 1 - mean(picture.base(expenses)) / revenue_before;
    const double fall = before - margin;
    const Rule rule = rule_of("margin_erosion", thresholds);
    const auto verdict = judge(rule, fall);
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, fall);
    risk.evidence.insert(risk.evidence.end(),
                         {{"operating_margin_t3", margin},
                          {"operating_margin_before", before},
                          {"revenue_t3", revenue},
                          {"compared_with", 0, picture.season_strong() ? "same months a year before" : "P12"},
                          {"months_before", static_cast<double>(picture.base(expenses).size())}});
    risk.title_en = "The operating margin fell by " + points_words(fall, Language::en) + ", from " +
                    percent_words(before, Language::en) + " to " + percent_words(margin, Language::en);
    risk.title_ru = "Операционная рентабельность снизилась на " + points_words(fall, Language::ru) + ": с " +
                    percent_words(before, Language::ru) + " до " + percent_words(margin, Language::ru);
    risk.impact = money(fall * revenue);
    return risk;
}

Found unprofitable(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 3) return std::nullopt;
    const auto profits = picture.net_profits();
    const Series last = Picture::trailing(profits, 6);
    const double profit = mean(last), revenue = mean(Picture::trailing(picture.revenue, 6));
    if (revenue <= 0 && profit >= 0) return std::nullopt;
    const Rule rule = rule_of("unprofitable", thresholds);
    // Costs without any revenue are beyond every line.
    const double margin = revenue > 0 ? profit / revenue : -std::numeric_limits<double>::infinity();
    const auto verdict = judge(rule, margin);
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, margin);
    if (revenue <= 0) risk.evidence.front() = {"value", 0, "no revenue"};
    risk.evidence.insert(
        risk.evidence.end(),
        {{"net_profit_monthly", profit}, {"revenue_monthly", revenue}, {"months", static_cast<double>(last.size())}});
    const auto span_en = months_words(static_cast<double>(last.size()), Language::en);
    const auto span_ru = months_words(static_cast<double>(last.size()), Language::ru);
    if (revenue > 0) {
        risk.title_en = "Over the last " + span_en + " the company lost " + money_words(-profit, Language::en) +
                        " a month: a net margin of " + percent_words(margin, Language::en);
        risk.title_ru = "За " + span_ru + " компания теряла в среднем " + money_words(-profit, Language::ru) +
                        " в месяц: чистая рентабельность " + percent_words(margin, Language::ru);
    } else {
        risk.title_en = "Over the last " + span_en + " there was no revenue, and " +
                        money_words(-profit, Language::en) + " a month was spent";
        risk.title_ru = "За " + span_ru + " не было выручки, а расходы составили " +
                        money_words(-profit, Language::ru) + " в месяц";
    }
    risk.impact = money(-profit);
    return risk;
}

Found payroll_burden(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 3) return std::nullopt;
    const double payroll = mean(Picture::trailing(picture.payroll, 6)),
                 revenue = mean(Picture::trailing(picture.revenue, 6));
    if (revenue <= 0 || payroll <= 0) return std::nullopt;
    const double share = payroll / revenue;
    const Rule rule = rule_of("payroll_burden", thresholds);
    const auto verdict = judge(rule, share);
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, share);
    risk.evidence.insert(risk.evidence.end(),
                         {{"payroll_monthly", payroll}, {"revenue_monthly", revenue}, {"months", 6}});
    risk.title_en = "Payroll takes " + percent_words(share, Language::en) +
                    " of revenue: " + money_words(payroll, Language::en) + " of " + money_words(revenue, Language::en) +
                    " a month";
    risk.title_ru = "На зарплату уходит " + percent_words(share, Language::ru) +
                    " выручки: " + money_words(payroll, Language::ru) + " из " + money_words(revenue, Language::ru) +
                    " в месяц";
    risk.impact = money(std::max(0.0, payroll - rule.medium * revenue));
    return risk;
}

}  // namespace fin::risk
