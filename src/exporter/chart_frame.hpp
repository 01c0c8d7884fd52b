// What every chart shares: the plot with its grid, labels of values and months, the legend.
#pragma once
#include <string>
#include <vector>

#include "exporter/axis.hpp"
#include "exporter/chart.hpp"

namespace fin::exporter {

struct LegendItem {
    enum class Mark { square, line, dashes, band } mark = Mark::square;
    Colour colour;
    std::string text;
};

// The plot of a chart with values upwards and months to the right.
struct Plot {
    Rect area;
    Scale values;
    double slot = 0;  // width of a month

    double x(std::size_t i) const { return area.x + slot * (static_cast<double>(i) + 0.5); }
    double y(double value) const { return values.at(value); }
};

inline constexpr double label_size = 7.5;
TextStyle label_style(const ChartContext& context);

// Draws legend, grid and labels; the returned plot is where the values go.
Plot make_plot(const ChartContext& context, const Rect& place, double low, double high,
               const std::vector<std::string>& labels, const std::vector<LegendItem>& legend, bool with_zero = true);

// The legend in one or more rows from the left upper corner; returns the y below it.
double draw_legend(const ChartContext& context, const Rect& place, const std::vector<LegendItem>& legend);

// A line through the values, with dots where they are few enough to be told apart.
void draw_series(const ChartContext& context, const Plot& plot, const std::vector<double>& values, std::size_t first,
                 const Stroke& stroke);

// A bar from one value to another; of at least half a point, so that small values are seen.
void draw_bar(const ChartContext& context, const Plot& plot, double x, double width, double from, double to,
              const Colour& colour);

// In the middle of the place: why there is no chart.
void draw_nothing(const ChartContext& context, const Rect& place, std::string_view words);

std::vector<std::string> month_labels(const ChartContext& context, const std::vector<MonthRow>& rows);

}  // namespace fin::exporter
