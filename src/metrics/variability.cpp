// How much revenue and cash move: variation, drawdown, season and trend.
#include <algorithm>
#include <cmath>

#include "metrics/sheet.hpp"
#include "timeseries/robust.hpp"
#include "timeseries/stl.hpp"
#include "timeseries/strength.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

Outcome lacking(int needed, int there) {
    return without(Status::insufficient_data,
                   std::to_string(needed) + " complete months needed, there are " + std::to_string(there));
}

void add_cv(Sheet& sheet, const Period& period) {
    if (period.n() < 3) {
        sheet.add("revenue_cv", period, "ratio", lacking(3, period.n()));
        return;
    }
    const auto revenues = sheet.revenues(period);
    const double mean = *timeseries::mean(revenues), sd = std::sqrt(*timeseries::variance(revenues));
    sheet.add("revenue_cv", period, "ratio", ratio(sd, mean, "mean revenue"), {{"sd", sd}, {"mean", mean}});
}

void add_drawdown(Sheet& sheet) {
    const Ledger& ledger = sheet.facts.ledger;
    if (ledger.empty()) {
        sheet.add("max_drawdown", sheet.all(), "money", {});
        sheet.add("max_drawdown_ratio", sheet.all(), "ratio", {});
        return;
    }
    const CashPath& path = sheet.tallies.cash;
    const double peak = path.peak.value(), fall = peak - path.trough.value();
    const std::vector<Input> inputs = {{"peak", peak},
                                       {"peak_date", 0, date_text(path.peak_day)},
                                       {"trough", path.trough.value()},
                                       {"trough_date", 0, date_text(path.trough_day)}};
    const int n = static_cast<int>(sheet.monthly.months.size());
    const Period today = {"all", sheet.monthly.first, sheet.monthly.first + n - 1, 1};
    // A fall in money is the same wherever cash is counted from; its share of the peak is not.
    sheet.add("max_drawdown", today, "money", ok(fall), inputs).n = sheet.complete();
    Outcome share = ratio(fall, peak, "the peak of cash");
    if (!ledger.opening) share = with_caveat(std::move(share), "opening balance unknown: cash is counted from 0");
    sheet.add("max_drawdown_ratio", today, "ratio", std::move(share), inputs).n = sheet.complete();
}

Outcome strength(const std::vector<double>& component, const std::vector<double>& remainder, double scale) {
    const auto share = timeseries::strength(component, remainder, scale);
    return share ? ok(*share) : without(Status::undefined, "the series does not vary");
}

void add_strengths(Sheet& sheet) {
    const int months = sheet.complete();
    const auto revenues = sheet.revenues(sheet.all());
    Outcome season = lacking(24, months), trend = lacking(12, months);
    const char* method = "STL";
    double scale = 0;
    for (const double revenue : revenues) scale = std::max(scale, std::abs(revenue));
    if (months >= 24) {
        const auto parts = timeseries::stl(revenues, {});
        season = strength(parts.seasonal, parts.remainder, scale);
        trend = strength(parts.trend, parts.remainder, scale);
    } else if (months >= 12) {
        // Too short for a season: what a local line leaves is the remainder.
        const auto smooth = timeseries::loess(revenues, 23, 1);
        std::vector<double> rest(revenues.size());
        std::ranges::transform(revenues, smooth, rest.begin(), std::minus());
        trend = strength(smooth, rest, scale);
        method = "loess";
    }
    sheet.add("seasonality_strength", sheet.all(), "ratio", std::move(season), {{"method", 0, "STL"}});
    sheet.add("trend_strength", sheet.all(), "ratio", std::move(trend), {{"method", 0, method}});
}

}  // namespace

void add_variability(Sheet& sheet) {
    for (const Period* period : {&sheet.all(), &sheet.t12()}) add_cv(sheet, *period);
    add_drawdown(sheet);
    add_strengths(sheet);
}

}  // namespace fin::metrics
