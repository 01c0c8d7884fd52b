// The charts of a report, each drawn by the same code on paper (PDF) and for the web (SVG).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "exporter/canvas.hpp"
#include "exporter/colour.hpp"
#include "exporter/format.hpp"
#include "exporter/report.hpp"

namespace fin::exporter {

struct ChartContext {
    Canvas& canvas;
    const Report& report;
    const Format& format;
    const Palette& palette;
};

// Each fills the rectangle. What cannot be drawn for lack of data says so in its place.
void draw_trend(const ChartContext& context, const Rect& place);       // revenue and expenses by month, their balance
void draw_profit(const ChartContext& context, const Rect& place);      // operating profit by month
void draw_categories(const ChartContext& context, const Rect& place);  // largest expense categories
void draw_comparison(const ChartContext& context, const Rect& place);  // the last months beside those before
void draw_waterfall(const ChartContext& context, const Rect& place);   // from earlier to present operating profit
void draw_cash(const ChartContext& context, const Rect& place);        // cash at the month's end
void draw_cash_flow(const ChartContext& context, const Rect& place);   // in and out, net
void draw_effects(const ChartContext& context, const Rect& place);     // recommendations by effect
// Fan of a forecast series (revenue, expenses, profit, cash) behind its history.
void draw_fan(const ChartContext& context, const Rect& place, std::string_view series);

// What fin_chart knows.
std::vector<std::string_view> chart_names();
// Draws the chart of that name; false where there is none.
bool draw_chart(const ChartContext& context, std::string_view name, const Rect& place);
std::string chart_title(std::string_view name, Language language);
// What the chart shows, in words, for people who cannot see it.
std::string chart_description(const Report& report, const Format& format, std::string_view name);

// A chart as an SVG document of its own. Throws Error{invalid_argument} for an unknown name.
std::string chart_svg(const Report& report, const Palette& palette, Language language, std::string_view name,
                      double width = 720, double height = 360);

}  // namespace fin::exporter
