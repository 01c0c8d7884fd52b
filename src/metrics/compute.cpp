// Puts the families of metrics together, in the order of the taxonomy.
#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "metrics/sheet.hpp"

namespace fin::metrics {

namespace {

constexpr auto taxonomy_order = std::to_array<std::string_view>({
    "revenue",
    "expenses",
    "gross_profit",
    "gross_margin",
    "operating_profit",
    "operating_margin",
    "net_profit",
    "net_margin",
    "net_cash_flow",
    "gross_burn",
    "net_burn",
    "runway",
    "runway_gross",
    "zero_cash_date",
    "cash_balance",
    "min_balance",
    "days_cash_on_hand",
    "mom_growth",
    "yoy_growth",
    "cagr",
    "cmgr",
    "trend_slope",
    "expense_ratio",
    "category_share",
    "payroll_ratio",
    "fixed_cost_ratio",
    "revenue_hhi",
    "vendor_hhi",
    "top1_share",
    "top3_share",
    "top5_share",
    "avg_ticket",
    "median_ticket",
    "tx_count",
    "active_payers",
    "new_payers",
    "lost_payers",
    "recurring_share",
    "mrr_proxy",
    "revenue_churn_proxy",
    "nrr_proxy",
    "revenue_cv",
    "max_drawdown",
    "max_drawdown_ratio",
    "seasonality_strength",
    "trend_strength",
    "breakeven_revenue",
    "margin_of_safety",
    "operating_cash_conversion",
    "rule_of_40",
    "burn_multiple",
    "npv",
    "irr",
    "xirr",
    "debt_service_coverage",
    "uncategorised_share",
    "duplicate_candidates",
    "months_covered",
    "reconciliation_gap",
});

// all, T3, T6, T12, P12, then months ascending.
int period_rank(const std::string& period) {
    constexpr std::array<std::string_view, 5> spans = {"all", "T3", "T6", "T12", "P12"};
    const auto found = std::ranges::find(spans, period);
    if (found != spans.end()) return static_cast<int>(found - spans.begin());
    int digits = 0;  // YYYY-MM as the number YYYYMM, above all ranks of spans
    for (const char c : period)
        if (c != '-') digits = digits * 10 + (c - '0');
    return digits;
}

}  // namespace

std::vector<Metric> compute(const Facts& facts, const InterruptCheck& check) {
    Sheet sheet(facts, check);
    for (const auto family : {add_levels, add_cash, add_growth, add_costs, add_concentration, add_customers,
                              add_recurring, add_variability, add_efficiency, add_returns, add_quality}) {
        check();
        family(sheet);
    }
    std::vector<Metric> metrics = sheet.take();

    std::map<std::string_view, std::size_t> rank;
    for (std::size_t i = 0; i < taxonomy_order.size(); ++i) rank[taxonomy_order[i]] = i;
    struct Place {
        std::size_t metric;
        int period;
        std::size_t added;
    };
    std::vector<Place> places;
    places.reserve(metrics.size());
    for (std::size_t i = 0; i < metrics.size(); ++i) {
        const auto found = rank.find(metrics[i].metric);
        places.push_back({found == rank.end() ? rank.size() : found->second, period_rank(metrics[i].period), i});
    }
    Pulse pulse(check);
    std::ranges::sort(places, {}, [&](const Place& place) {
        pulse();
        return std::tie(place.metric, place.period, place.added);
    });
    std::vector<Metric> ordered;
    ordered.reserve(metrics.size());
    for (const Place& place : places) ordered.push_back(std::move(metrics[place.added]));
    return ordered;
}

}  // namespace fin::metrics
