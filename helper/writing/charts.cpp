#include "writing/charts.hpp"

#include <new>

#include "exporter/text_lines.hpp"
#include "writing/formats.hpp"

namespace fin::helper {

namespace {

void add_series(lxw_chart* chart, const SheetChart& plan, const ChartSeries& series) {
    lxw_chart_series* const made = chart_add_series(chart, plan.categories.c_str(), series.values.c_str());
    if (!made) throw std::bad_alloc();
    chart_series_set_name(made, exporter::drawable(series.name).c_str());
    if (plan.kind == SheetChart::Kind::line) {
        lxw_chart_line line{};
        line.color = rgb(series.colour), line.width = 2;
        if (series.dashed) line.dash_type = LXW_CHART_LINE_DASH_DASH;
        chart_series_set_line(made, &line);
        chart_series_set_marker_type(made, LXW_CHART_MARKER_NONE);
        return;
    }
    lxw_chart_fill fill{};
    fill.color = rgb(series.colour);
    chart_series_set_fill(made, &fill);
    // The library looks into the sheet whether these are texts, which it cannot where rows are no longer held.
    made->categories->has_string_cache = plan.kind == SheetChart::Kind::bars;
}

void set_axes(lxw_chart* chart, bool bars) {
    lxw_chart_axis* const categories = bars ? chart->y_axis : chart->x_axis;
    lxw_chart_axis* const values = bars ? chart->x_axis : chart->y_axis;
    // Months are a category axis with dates in it: a date axis would leave holes between them.
    if (!bars) chart_axis_set_num_format(categories, "mmm\\ yy");
    if (bars) chart_axis_set_reverse(categories);
    chart_axis_set_label_position(categories, LXW_CHART_AXIS_LABEL_POSITION_LOW);
    chart_axis_set_num_format(values, "#,##0");
    lxw_chart_line rule{};
    rule.color = 0xD5DBE1, rule.width = 0.5;
    chart_axis_major_gridlines_set_visible(values, LXW_TRUE);
    chart_axis_major_gridlines_set_line(values, &rule);
    for (lxw_chart_axis* axis : {categories, values}) {
        chart_axis_set_major_tick_mark(axis, LXW_CHART_AXIS_TICK_MARK_NONE);
        chart_axis_set_minor_tick_mark(axis, LXW_CHART_AXIS_TICK_MARK_NONE);
    }
}

std::uint8_t type_of(SheetChart::Kind kind) {
    switch (kind) {
        case SheetChart::Kind::line: return LXW_CHART_LINE;
        case SheetChart::Kind::bars: return LXW_CHART_BAR;
        case SheetChart::Kind::columns: break;
    }
    return LXW_CHART_COLUMN;
}

}  // namespace

lxw_chart* made_chart(lxw_workbook* workbook, const SheetChart& plan) {
    lxw_chart* const chart = workbook_add_chart(workbook, type_of(plan.kind));
    if (!chart) throw std::bad_alloc();
    chart_title_set_name(chart, exporter::drawable(plan.title).c_str());
    lxw_chart_font font{};
    font.size = 12, font.bold = LXW_TRUE;
    chart_title_set_name_font(chart, &font);
    for (const ChartSeries& series : plan.series) add_series(chart, plan, series);
    set_axes(chart, plan.kind == SheetChart::Kind::bars);
    if (plan.kind != SheetChart::Kind::line) chart_set_series_gap(chart, 60);
    chart_legend_set_position(chart, plan.series.size() > 1 ? LXW_CHART_LEGEND_BOTTOM : LXW_CHART_LEGEND_NONE);
    return chart;
}

}  // namespace fin::helper
