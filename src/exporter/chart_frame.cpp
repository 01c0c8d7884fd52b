#include "exporter/chart_frame.hpp"

#include <algorithm>
#include <cmath>

#include "exporter/text_lines.hpp"

namespace fin::exporter {

namespace {

// Every how many months a label fits.
std::size_t label_step(double slot, double widest) {
    std::size_t step = 1;
    for (const std::size_t candidate : {1, 2, 3, 6, 12, 24, 60, 120, 240}) {
        step = candidate;
        if (slot * static_cast<double>(candidate) >= widest + 6) break;
    }
    return step;
}

}  // namespace

TextStyle label_style(const ChartContext& context) { return {label_size, Weight::regular, context.palette.soft}; }

double draw_legend(const ChartContext& context, const Rect& place, const std::vector<LegendItem>& legend) {
    if (legend.empty()) return place.y;
    const TextStyle style = {label_size + 0.5, Weight::regular, context.palette.ink};
    constexpr double mark = 12, gap = 16, row = 14;
    double x = place.x, y = place.y + 8;
    for (const LegendItem& item : legend) {
        const double width = mark + 4 + context.canvas.width(item.text, style);
        if (x > place.x && x + width > place.right()) x = place.x, y += row;
        const double middle = y - 2.6;
        switch (item.mark) {
            case LegendItem::Mark::square: context.canvas.fill(Rect{x + 2, middle - 4, 8, 8}, item.colour, 1.5); break;
            case LegendItem::Mark::band: context.canvas.fill(Rect{x, middle - 4, mark, 8}, item.colour); break;
            case LegendItem::Mark::line:
                context.canvas.line({{x, middle}, {x + mark, middle}}, {item.colour, 1.8, {}});
                break;
            case LegendItem::Mark::dashes:
                context.canvas.line({{x, middle}, {x + mark, middle}}, {item.colour, 1.5, {3, 2}});
                break;
        }
        context.canvas.text({x + mark + 4, y}, item.text, style);
        x += width + gap;
    }
    return y + 8;
}

Plot make_plot(const ChartContext& context, const Rect& place, double low, double high,
               const std::vector<std::string>& labels, const std::vector<LegendItem>& legend, bool with_zero) {
    const TextStyle style = label_style(context);
    const double top = draw_legend(context, place, legend) + 4, bottom = place.bottom() - 16;
    const int wanted = bottom - top > 130 ? 5 : 3;
    const Scale values(low, high, bottom, top, with_zero, wanted);
    double left = 0;
    for (const double tick : values.ticks())
        left = std::max(left, context.canvas.width(context.format.compact(tick), style));
    Plot plot{{place.x + left + 6, top, place.width - left - 6, bottom - top}, values, 0};
    plot.slot = plot.area.width / static_cast<double>(std::max<std::size_t>(1, labels.size()));
    for (const double tick : values.ticks()) {
        const double y = values.at(tick);
        const bool zero = tick == 0;
        context.canvas.line({{plot.area.x, y}, {plot.area.right(), y}},
                            {zero ? context.palette.neutral : context.palette.rule, zero ? 0.8 : 0.5, {}});
        context.canvas.text({plot.area.x - 6, y + 2.6}, context.format.compact(tick), style, Align::end);
    }
    double widest = 0;
    for (const std::string& label : labels) widest = std::max(widest, context.canvas.width(label, style));
    const std::size_t step = label_step(plot.slot, widest);
    for (std::size_t i = 0; i < labels.size(); i += step) {
        // A label at the edge stays inside the chart.
        const double half = context.canvas.width(labels[i], style) / 2;
        const double x = std::clamp(plot.x(i), place.x + half, std::max(place.x + half, place.right() - half));
        context.canvas.text({x, place.bottom() - 4}, labels[i], style, Align::middle);
    }
    return plot;
}

void draw_series(const ChartContext& context, const Plot& plot, const std::vector<double>& values, std::size_t first,
                 const Stroke& stroke) {
    std::vector<Point> points;
    for (std::size_t i = 0; i < values.size(); ++i) points.push_back({plot.x(first + i), plot.y(values[i])});
    context.canvas.line(points, stroke);
    if (values.size() == 1 || (plot.slot >= 9 && stroke.dashes.empty()))
        for (const Point& point : points) context.canvas.dot(point, stroke.width + 0.4, stroke.colour);
}

void draw_bar(const ChartContext& context, const Plot& plot, double x, double width, double from, double to,
              const Colour& colour) {
    const double a = plot.y(from), b = plot.y(to);
    const double top = std::min(a, b), height = std::max(std::abs(a - b), from == to ? 0.0 : 0.5);
    if (height > 0) context.canvas.fill(Rect{x, top, width, height}, colour, std::min({1.5, width / 4, height / 4}));
}

void draw_nothing(const ChartContext& context, const Rect& place, std::string_view words) {
    context.canvas.fill(place, context.palette.shade, 4);
    const TextStyle style = {9, Weight::regular, context.palette.soft};
    const auto lines = wrapped(context.canvas, words, style, place.width - 40, 3);
    const double height = static_cast<double>(lines.size()) * style.size * 1.4;
    draw_lines(context.canvas, lines, place.x + place.width / 2, place.y + (place.height - height) / 2, style, 1.4,
               Align::middle);
}

std::vector<std::string> month_labels(const ChartContext& context, const std::vector<MonthRow>& rows) {
    std::vector<std::string> labels;
    labels.reserve(rows.size());
    for (const MonthRow& row : rows) labels.push_back(context.format.short_month(row.month));
    return labels;
}

}  // namespace fin::exporter
