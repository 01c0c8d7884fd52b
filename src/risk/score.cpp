#include "risk/score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "boost/model.hpp"
#include "risk/series.hpp"
#include "risk/thresholds.hpp"

namespace fin::risk {

namespace {

constexpr std::string_view model_text =
#include "risk/score_model.inc"
    ;

constexpr double part_of_line = 0.25;

// The company beside the risk: the same for all its risks.
struct Company {
    double margin_t6, margin_change, revenue_change, runway, buffer, season_ahead, spread;
};

double ratio(double part, double whole) { return whole > 0 ? part / whole : std::numeric_limits<double>::quiet_NaN(); }

Company company_of(const Picture& picture) {
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    Company company{unknown, unknown, unknown, unknown, unknown, unknown, unknown};
    if (picture.n < 3) return company;
    const auto profits = picture.net_profits();
    const auto margin = [&](Series profit, Series revenue) {
        return std::clamp(ratio(mean(profit), mean(revenue)), -2.0, 1.0);
    };
    company.margin_t6 = margin(Picture::trailing(profits, 6), Picture::trailing(picture.revenue, 6));
    const Series revenue_t3 = Picture::trailing(picture.revenue, 3), revenue_before = picture.base(picture.revenue);
    if (picture.n >= 6) {
        company.margin_change =
            margin(Picture::trailing(profits, 3), revenue_t3) - margin(picture.base(profits), revenue_before);
        company.revenue_change = std::clamp(ratio(mean(revenue_t3), mean(revenue_before)) - 1, -1.0, 3.0);
    }
    if (picture.n >= 12)
        company.season_ahead = std::min(
            4.0, ratio(mean(Picture::trailing(picture.revenue, 6, 6)), mean(Picture::trailing(picture.revenue, 6))));
    if (picture.n >= 12) company.spread = std::min(2.0, residual_cv(Picture::trailing(picture.revenue, 24)));
    if (!picture.cash_is_known()) return company;
    const double burn = mean(Picture::trailing(picture.burn, 3)), cash = picture.cash();
    company.runway = burn > 0 ? std::clamp(cash / burn, 0.0, 36.0) : 36;
    company.buffer = std::clamp(ratio(cash, picture.usual_expenses), -2.0, 24.0);
    return company;
}

const boost::Model& model() {
    static const boost::Model read(model_text);
    return read;
}

}  // namespace

std::vector<ScoreRow> score_rows(const Picture& picture, std::span<const Risk> risks) {
    const Company company = company_of(picture);
    const auto rules = default_rules();
    const auto holding = std::ranges::count_if(risks, [](const Risk& risk) { return risk.severity > Severity::low; });
    std::vector<ScoreRow> rows;
    for (const Risk& risk : risks) {
        const auto place = std::ranges::find(rules, risk.code, &Rule::code) - rules.begin();
        const double impact = risk.impact ? ratio(risk.impact->value(), picture.usual_expenses) : 0;
        const auto others = holding - (risk.severity > Severity::low ? 1 : 0);
        ScoreRow row;
        std::ranges::transform(
            std::array{static_cast<double>(place), risk.score, std::min(impact, 10.0), static_cast<double>(others),
                       company.margin_t6, company.margin_change, company.revenue_change, company.runway, company.buffer,
                       company.season_ahead, company.spread},
            row.begin(), [](double value) { return static_cast<float>(value); });
        rows.push_back(row);
    }
    return rows;
}

double chance_of_trouble(const ScoreRow& row) { return static_cast<double>(model().predict(row)); }

Band band_of(Severity severity) {
    switch (severity) {
        case Severity::low: return {0.10, 0.30};
        case Severity::medium: return {0.30, 0.55};
        case Severity::high: return {0.55, 0.80};
        case Severity::critical: break;
    }
    return {0.80, 1.0};
}

void set_scores(const Picture& picture, std::span<Risk> risks) {
    const auto rows = score_rows(picture, risks);
    for (std::size_t i = 0; i < risks.size(); ++i) {
        const auto [from, to] = band_of(risks[i].severity);
        const double past_the_line = std::clamp((risks[i].score - from) / (to - from), 0.0, 1.0);
        const double position = part_of_line * past_the_line + (1 - part_of_line) * chance_of_trouble(rows[i]);
        // Below the next band's beginning, so that no rounding makes two severities equal.
        risks[i].score = from + (to - from) * std::min(position, risks[i].severity == Severity::critical ? 1.0 : 0.999);
    }
}

}  // namespace fin::risk
