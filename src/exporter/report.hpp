// What a report says, as plain data: the analysis document read once, so that pages, charts and sheets agree.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/wording.hpp"

namespace fin::exporter {

using analysis::Language;

struct MonthRow {
    std::string month;
    bool complete = false;
    int rows = 0;
    double inflow = 0, outflow = 0, revenue = 0, expenses = 0, operating_profit = 0, net_profit = 0, net_cash_flow = 0,
           cash = 0;
};

struct CategoryRow {
    std::string name;  // empty: rows without a category
    std::string kind;
    double amount = 0, t3 = 0;
    int rows = 0;
};

struct Slice {
    std::string name;
    double amount = 0;
    int merged = 0;  // how many smaller ones it stands for
};

struct Compared {
    std::string metric, text;
    double current = 0, previous = 0, change = 0;
    std::optional<double> ratio;
};
struct Comparison {
    bool made = false;
    std::string reason;
    int months = 0;
    std::string from, to, previous_from, previous_to;
    std::vector<Compared> figures;
    const Compared* figure(std::string_view metric) const;
};

struct Evidence {
    std::string name, text;  // text is empty where number counts
    double number = 0;
};

struct AnomalyRow {
    std::optional<long long> row_no;
    std::string booked_on, category, counterparty, kind, severity, reason;
    std::optional<double> amount, expected;
    double score = 0, at_stake = 0;
};

struct RiskRow {
    std::string code, severity, title;
    double score = 0;
    std::optional<double> impact;
    std::vector<Evidence> evidence;
};

struct AdviceRow {
    std::string priority, action, lever, risk_code;
    double effect_monthly = 0;
};

struct RecurringRow {
    std::string counterparty, category, direction, cadence, state, next;
    double median_amount = 0, monthly_amount = 0;
    int hits = 0;
};

struct ForecastPoint {
    std::string month;
    double predicted = 0, lo80 = 0, hi80 = 0, lo95 = 0, hi95 = 0, optimistic = 0, pessimistic = 0;
};
struct ForecastSeries {
    std::string name, model, status, reason;
    std::vector<ForecastPoint> points;
};
struct Runway {
    std::optional<double> months, low, high, confidence;
    std::string status, reason;
};

struct MetricPeriod {
    std::string period, unit, status, reason;
    std::optional<double> value;
    int n = 0;
};
struct MetricRow {
    std::string code;
    std::vector<MetricPeriod> periods;  // the first is the headline
    const MetricPeriod* of(std::string_view period) const;
};

struct LeftOut {
    std::string currency;
    long long rows = 0;
    double turnover = 0;
};
struct Quality {
    long long rows = 0, skipped = 0, without_date_or_amount = 0;
    int months_without_rows = 0;
    double uncategorised_share = 0;
    std::optional<double> opening_balance, reconciliation_gap;
    std::vector<LeftOut> left_out;
};

struct Report {
    std::string report_id, currency, from, to, last_complete_month, summary, engine, content_hash;
    Language language = Language::en;
    int months = 0, complete_months = 0;
    double confidence = 0;
    std::vector<MonthRow> monthly;
    std::vector<CategoryRow> categories;
    std::vector<Slice> expense_slices;
    Comparison comparison;
    std::vector<AnomalyRow> anomalies;
    std::vector<RiskRow> risks;
    std::vector<AdviceRow> advice;
    std::vector<RecurringRow> recurring;
    std::vector<ForecastSeries> forecast;  // revenue, expenses, profit, cash
    Runway runway;
    std::vector<MetricRow> metrics;
    Quality quality;
    std::string ai_headline;  // of a second opinion; empty without one
    std::vector<std::string> ai_statements;

    const MetricRow* metric(std::string_view code) const;
    std::optional<double> value(std::string_view metric, std::string_view period) const;
    const ForecastSeries& series(std::string_view name) const;
    std::vector<MonthRow> complete() const;  // the complete months, oldest first
    // 2; 0 where the largest amount has more than seven digits before the point, or the currency has no cents.
    int money_decimals() const;
};

// Reads the document of fin_analyze. Throws Error{bad_data} for what is none. Amounts are read as doubles: exact to the
// cent up to ten trillion.
Report read_report(std::string_view analysis_json);

}  // namespace fin::exporter
