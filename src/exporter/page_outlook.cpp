// The forecast with its scenarios, every metric, how it was computed and how good the data are.
#include <algorithm>
#include <array>

#include "exporter/layout.hpp"
#include "exporter/names.hpp"

namespace fin::exporter {

namespace {

void scenario_table(Layout& layout) {
    const ForecastSeries &profit = layout.report.series("profit"), &cash = layout.report.series("cash");
    if (profit.points.empty()) return;
    layout.ensure(150);
    layout.heading(layout.word("scenarios"), layout.word("scenarios.note"));
    Table table;
    table.size = 8;
    const std::array columns = {"pessimistic", "forecast", "optimistic"};
    table.columns = {{layout.word("month"), 1.3, Align::start}};
    for (const char* column : columns)
        table.columns.push_back({layout.word("profit") + ": " + layout.word(column), 1.5, Align::end});
    const bool with_cash = cash.points.size() == profit.points.size();
    if (with_cash)
        for (const char* column : columns)
            table.columns.push_back({layout.word("cash") + ": " + layout.word(column), 1.5, Align::end});
    const auto cell = [&](double value) {
        return Cell{layout.format.money(value), value < 0 ? layout.palette.bad : layout.palette.ink, false};
    };
    for (std::size_t i = 0; i < profit.points.size(); ++i) {
        const ForecastPoint& point = profit.points[i];
        std::vector<Cell> row = {{layout.format.short_month(point.month)},
                                 cell(point.pessimistic),
                                 cell(point.predicted),
                                 cell(point.optimistic)};
        if (with_cash) {
            const ForecastPoint& at = cash.points[i];
            row.insert(row.end(), {cell(at.pessimistic), cell(at.predicted), cell(at.optimistic)});
        }
        table.rows.push_back(std::move(row));
    }
    layout.table(table);
}

void metrics_table(Layout& layout) {
    layout.chapter("chapter.metrics");
    Table table;
    table.size = 7.2;
    table.padding = 3.2;
    table.columns = {{layout.word("figure"), 3.2, Align::start},
                     {layout.word("period"), 1.5, Align::start},
                     {layout.word("value"), 1.7, Align::end},
                     {layout.word("status"), 3.6, Align::start}};
    std::string absent;  // in one paragraph: a line each would tell nothing more
    for (const MetricRow& row : layout.report.metrics) {
        const MetricPeriod& at = row.periods.front();
        if (!at.value && (at.status == "not_applicable" || at.status == "not_available" || at.status == "undefined")) {
            absent += (absent.empty() ? "" : "; ") + metric_title(row.code, layout.format.language());
            if (!at.reason.empty()) absent += " (" + at.reason + ")";
            continue;
        }
        const std::string status = layout.word("status." + at.status);
        std::string note = at.status == "ok" ? "" : at.reason.empty() ? status : status + ": " + at.reason;
        table.rows.push_back(
            {{metric_title(row.code, layout.format.language())},
             {period_title(at.period, layout.format)},
             {at.value ? layout.format.figure(at.value, at.unit, at.status) : "–", {-1, 0, 0, 1}, true},
             {std::move(note), layout.palette.soft, false}});
    }
    layout.table(table, 2);
    if (!absent.empty())
        layout.paragraph(say("metrics.absent", layout.format.language(), {absent}), 7.5, &layout.palette.soft);
}

void quality_table(Layout& layout) {
    const Quality& quality = layout.report.quality;
    const Format& format = layout.format;
    layout.heading(layout.word("data_quality"));
    Table table;
    table.size = 8.5;
    table.lines = 2;
    table.columns = {{layout.word("figure"), 3, Align::start}, {layout.word("value"), 2, Align::end}};
    const auto row = [&](std::string_view key, const std::string& value) {
        table.rows.push_back({{layout.word(key)}, {value}});
    };
    row("quality.rows", format.count(quality.rows));
    row("quality.skipped", format.count(quality.skipped));
    row("quality.without_date_or_amount", format.count(quality.without_date_or_amount));
    row("quality.complete_months", format.count(layout.report.complete_months));
    row("quality.months_without_rows", format.count(quality.months_without_rows));
    row("quality.uncategorised", format.percent(quality.uncategorised_share));
    row("quality.opening", quality.opening_balance ? format.money(*quality.opening_balance) : layout.word("unknown"));
    row("quality.gap",
        quality.reconciliation_gap ? format.money(*quality.reconciliation_gap) : layout.word("no_balance_column"));
    for (const LeftOut& left : quality.left_out)
        table.rows.push_back(
            {{say("quality.left_out", format.language(), {left.currency.empty() ? "?" : left.currency})},
             {say("quality.left_out_rows", format.language(),
                  {format.count(left.rows), format.money(left.turnover)})}});
    if (table.rows.size() > 16) table.rows.resize(16);
    layout.table(table, 1);
}

}  // namespace

void draw_forecast_pages(Layout& layout) {
    layout.chapter("chapter.forecast");
    const ForecastSeries& revenue = layout.report.series("revenue");
    if (revenue.points.empty()) {
        layout.chart("forecast_profit", 150);  // says why there is none
        return;
    }
    layout.paragraph(layout.word("forecast.intro"), 9);
    layout.chart("forecast_revenue", 250);
    layout.chart("forecast_expenses", 250);
    layout.next_page();
    layout.chart("forecast_profit", 195);
    layout.chart("forecast_cash", 195);
    scenario_table(layout);
}

void draw_appendix(Layout& layout) {
    metrics_table(layout);
    layout.chapter_here("chapter.method", 300);
    const Format& format = layout.format;
    for (const char* key : {"method.months", "method.revenue", "method.cash", "method.forecast", "method.scenarios",
                            "method.anomalies", "method.risks", "method.advice", "method.rounding"})
        layout.paragraph(layout.word(key), 8.5);
    std::string models;
    for (const ForecastSeries& series : layout.report.forecast)
        if (!series.model.empty())
            models += (models.empty() ? "" : "; ") + layout.word(series.name) + ": " + series.model;
    if (!models.empty()) layout.paragraph(say("method.models", format.language(), {models}), 8.5);
    layout.y += 6;
    quality_table(layout);
    layout.paragraph(say("method.engine", format.language(), {layout.report.engine, layout.report.content_hash}), 7.5,
                     &layout.palette.soft);
}

}  // namespace fin::exporter
