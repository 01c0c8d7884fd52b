// How revenue moves: revenue_decline, revenue_volatility, seasonal_dependency.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "risk/rules.hpp"

namespace fin::risk {

namespace {

// Trend of the last nine months in shares of their mean, season removed.
double trend_of_nine_months(const Picture& picture) {
    const Series last = Picture::trailing(picture.revenue, 9);
    std::vector<double> level(last.begin(), last.end());
    if (picture.season_strong()) {
        const auto factors = season_factors(picture.revenue, 9);
        if (factors.empty()) {
            // Under two years a season cannot be told month by month: a year apart it is the same on both sides.
            const double before = mean(Picture::trailing(picture.revenue, 3, 12));
            return before > 0 ? (mean(Picture::trailing(picture.revenue, 3)) / before - 1) / 9 : 0;
        }
        for (std::size_t i = 0; i < level.size(); ++i) level[i] /= factors[i];
    }
    const double centre = mean(level);
    return centre > 0 ? theil_sen(level).slope / centre : 0;
}

}  // namespace

Found revenue_decline(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 15) return std::nullopt;
    const double now = mean(Picture::trailing(picture.revenue, 3));
    const double before = mean(Picture::trailing(picture.revenue, 3, 12));
    if (before <= 0 || now >= before) return std::nullopt;
    const double trend = trend_of_nine_months(picture);
    const Rule rule = rule_of("revenue_decline", thresholds);
    const auto verdict = judge(rule, trend);
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, trend);
    risk.evidence.insert(risk.evidence.end(),
                         {{"trend_per_month", trend},
                          {"revenue_t3", now},
                          {"revenue_year_before", before},
                          {"change", now / before - 1},
                          {"season_removed", 0, picture.season_strong() ? "yes" : "no strong season"},
                          {"months", 9}});
    risk.title_en = "Revenue falls by " + percent_words(-trend, Language::en) + " a month; the last three months are " +
                    percent_words(1 - now / before, Language::en) + " below a year ago";
    risk.title_ru = "Выручка падает на " + percent_words(-trend, Language::ru) + " в месяц; последние три месяца на " +
                    percent_words(1 - now / before, Language::ru) + " ниже, чем год назад";
    risk.impact = money(before - now);
    return risk;
}

Found revenue_volatility(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 12) return std::nullopt;
    const Series last = Picture::trailing(picture.revenue, 24);
    const double level = mean(last);
    if (level <= 0) return std::nullopt;
    const double cv = residual_cv(last);
    const Rule rule = rule_of("revenue_volatility", thresholds);
    const auto verdict = judge(rule, cv);
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, cv);
    risk.evidence.insert(risk.evidence.end(),
                         {{"revenue_cv", cv}, {"mean_revenue", level}, {"months", static_cast<double>(last.size())}});
    risk.title_en = "Revenue swings by " + percent_words(cv, Language::en) +
                    " from month to month beyond trend and season, about " + money_words(cv * level, Language::en) +
                    " up or down";
    risk.title_ru = "Выручка колеблется на " + percent_words(cv, Language::ru) +
                    " от месяца к месяцу помимо тренда и сезона, примерно на " + money_words(cv * level, Language::ru) +
                    " в обе стороны";
    risk.impact = money(cv * level);
    return risk;
}

Found seasonal_dependency(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 24) return std::nullopt;
    const Series this_year = Picture::trailing(picture.revenue, 12),
                 year_before = Picture::trailing(picture.revenue, 12, 12);
    const double total = sum(this_year), total_before = sum(year_before);
    if (total <= 0 || total_before <= 0) return std::nullopt;
    // The same three months of the calendar in both years: two different lucky quarters are no season.
    std::array<std::size_t, 12> order{};
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto both = [&](std::size_t i) { return this_year[i] / total + year_before[i] / total_before; };
    std::ranges::stable_sort(order, std::greater<>(), both);
    double share = 0, share_before = 0;
    for (std::size_t k = 0; k < 3; ++k) {
        share += this_year[order[k]] / total;
        share_before += year_before[order[k]] / total_before;
    }
    const double least = std::min(share, share_before);
    const Rule rule = rule_of("seasonal_dependency", thresholds);
    const auto verdict = judge(rule, least);
    if (!verdict) return std::nullopt;

    Risk risk = risk_of(rule, *verdict, least);
    std::array<std::size_t, 3> best = {order[0], order[1], order[2]};
    std::ranges::sort(best);
    std::string months;
    for (const std::size_t i : best) {
        const auto month = picture.last() - 11 + static_cast<ledger::Month>(i);
        months += (months.empty() ? "" : ", ") + std::to_string(ledger::month_in_year(month));
    }
    risk.evidence.insert(
        risk.evidence.end(),
        {{"share_last_year", share}, {"share_year_before", share_before}, {"calendar_months", 0, months}});
    risk.title_en = percent_words(share, Language::en) + " of yearly revenue falls in three months, " +
                    percent_words(share_before, Language::en) + " the year before";
    risk.title_ru = "На три месяца приходится " + percent_words(share, Language::ru) +
                    " годовой выручки, годом раньше " + percent_words(share_before, Language::ru);
    // What the best months earn above an even quarter.
    risk.impact = money(std::max(0.0, share - 0.25) * total / 12);
    return risk;
}

}  // namespace fin::risk
