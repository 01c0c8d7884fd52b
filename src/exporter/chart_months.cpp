// Charts over the months: revenue and expenses, profit, cash.
#include <algorithm>
#include <cmath>

#include "exporter/chart_frame.hpp"
#include "exporter/texts.hpp"

namespace fin::exporter {

namespace {

using Mark = LegendItem::Mark;

std::string words(const ChartContext& context, std::string_view key) {
    return std::string(say(key, context.format.language()));
}

template <class Member>
std::vector<double> column(const std::vector<MonthRow>& rows, Member member) {
    std::vector<double> values;
    values.reserve(rows.size());
    for (const MonthRow& row : rows) values.push_back(row.*member);
    return values;
}

struct Range {
    double low = 0, high = 0;
    void cover(const std::vector<double>& values) {
        for (const double value : values) low = std::min(low, value), high = std::max(high, value);
    }
};

// Bars side by side are read best; where they would be thinner than a hair, lines take their place.
constexpr double thinnest = 2.2;

void draw_pair(const ChartContext& context, const Rect& place, const std::vector<MonthRow>& rows,
               const std::vector<double>& one, const std::vector<double>& other, const std::string& one_name,
               const std::string& other_name) {
    Range range;
    range.cover(one), range.cover(other);
    const bool bars = place.width / static_cast<double>(rows.size()) * 0.36 >= thinnest;
    const Plot plot = make_plot(context, place, range.low, range.high, month_labels(context, rows),
                                {{bars ? Mark::square : Mark::line, context.palette.primary, one_name},
                                 {bars ? Mark::square : Mark::dashes, context.palette.accent, other_name}});
    if (!bars) {
        draw_series(context, plot, one, 0, {context.palette.primary, 1.8, {}});
        draw_series(context, plot, other, 0, {context.palette.accent, 1.5, {4, 2}});
        return;
    }
    const double width = std::min(26.0, plot.slot * 0.38);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        draw_bar(context, plot, plot.x(i) - width - 0.25, width, 0, one[i], context.palette.primary);
        draw_bar(context, plot, plot.x(i) + 0.25, width, 0, other[i], context.palette.accent);
    }
}

}  // namespace

void draw_trend(const ChartContext& context, const Rect& place) {
    const auto rows = context.report.complete();
    if (rows.empty()) return draw_nothing(context, place, words(context, "none.complete_month"));
    draw_pair(context, place, rows, column(rows, &MonthRow::revenue), column(rows, &MonthRow::expenses),
              words(context, "revenue"), words(context, "expenses"));
}

void draw_profit(const ChartContext& context, const Rect& place) {
    const auto rows = context.report.complete();
    if (rows.empty()) return draw_nothing(context, place, words(context, "none.complete_month"));
    const auto profit = column(rows, &MonthRow::operating_profit);
    Range range;
    range.cover(profit);
    const Plot plot = make_plot(context, place, range.low, range.high, month_labels(context, rows),
                                {{Mark::square, context.palette.good, words(context, "profit")},
                                 {Mark::square, context.palette.bad, words(context, "loss")}});
    const double width = std::min(30.0, plot.slot * 0.7);
    for (std::size_t i = 0; i < profit.size(); ++i)
        draw_bar(context, plot, plot.x(i) - width / 2, width, 0, profit[i],
                 profit[i] < 0 ? context.palette.bad : context.palette.good);
}

void draw_cash(const ChartContext& context, const Rect& place) {
    const auto rows = context.report.complete();
    if (rows.empty()) return draw_nothing(context, place, words(context, "none.complete_month"));
    const auto cash = column(rows, &MonthRow::cash);
    Range range;
    range.cover(cash);
    const bool known = context.report.quality.opening_balance.has_value();
    const Plot plot =
        make_plot(context, place, range.low, range.high, month_labels(context, rows),
                  {{Mark::line, context.palette.primary, words(context, known ? "cash.end" : "cash.relative")}});
    std::vector<Point> area = {{plot.x(0), plot.y(0)}};
    for (std::size_t i = 0; i < cash.size(); ++i) area.push_back({plot.x(i), plot.y(cash[i])});
    area.push_back({plot.x(cash.size() - 1), plot.y(0)});
    context.canvas.fill(area, mixed(context.palette.primary, white, 0.13));
    draw_series(context, plot, cash, 0, {context.palette.primary, 1.8, {}});
}

void draw_cash_flow(const ChartContext& context, const Rect& place) {
    const auto rows = context.report.complete();
    if (rows.empty()) return draw_nothing(context, place, words(context, "none.complete_month"));
    const auto in = column(rows, &MonthRow::inflow);
    auto out = column(rows, &MonthRow::outflow);
    for (double& value : out) value = -value;
    const auto net = column(rows, &MonthRow::net_cash_flow);
    Range range;
    range.cover(in), range.cover(out);
    const Plot plot = make_plot(context, place, range.low, range.high, month_labels(context, rows),
                                {{Mark::square, context.palette.primary, words(context, "inflow")},
                                 {Mark::square, context.palette.accent, words(context, "outflow")},
                                 {Mark::line, context.palette.ink, words(context, "net_cash_flow")}});
    const double width = std::min(30.0, plot.slot * 0.66);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        draw_bar(context, plot, plot.x(i) - width / 2, width, 0, in[i], context.palette.primary);
        draw_bar(context, plot, plot.x(i) - width / 2, width, 0, out[i], context.palette.accent);
    }
    draw_series(context, plot, net, 0, {context.palette.ink, 1.2, {}});
}

void draw_comparison(const ChartContext& context, const Rect& place) {
    const Comparison& comparison = context.report.comparison;
    if (!comparison.made) return draw_nothing(context, place, words(context, "none.comparison"));
    Range range;
    std::vector<std::string> labels;
    for (const Compared& figure : comparison.figures) {
        range.cover({figure.current, figure.previous});
        labels.push_back(words(context, figure.metric));
    }
    const auto span = [&](const std::string& from, const std::string& to) {
        return from == to ? context.format.short_month(from)
                          : context.format.short_month(from) + " – " + context.format.short_month(to);
    };
    const Plot plot =
        make_plot(context, place, range.low, range.high, labels,
                  {{Mark::square, context.palette.neutral, span(comparison.previous_from, comparison.previous_to)},
                   {Mark::square, context.palette.primary, span(comparison.from, comparison.to)}});
    const double width = std::min(34.0, plot.slot * 0.34);
    for (std::size_t i = 0; i < comparison.figures.size(); ++i) {
        const Compared& figure = comparison.figures[i];
        draw_bar(context, plot, plot.x(i) - width - 1, width, 0, figure.previous, context.palette.neutral);
        draw_bar(context, plot, plot.x(i) + 1, width, 0, figure.current, context.palette.primary);
    }
}

void draw_waterfall(const ChartContext& context, const Rect& place) {
    const Comparison& comparison = context.report.comparison;
    const Compared *revenue = comparison.figure("revenue"), *expenses = comparison.figure("expenses"),
                   *profit = comparison.figure("operating_profit");
    if (!comparison.made || !revenue || !expenses || !profit)
        return draw_nothing(context, place, words(context, "none.comparison"));
    struct Step {
        std::string name;
        double from, to;
        Colour colour;
        double shown;
    };
    const auto change_colour = [&](double change) { return change < 0 ? context.palette.bad : context.palette.good; };
    const double after_revenue = profit->previous + revenue->change;
    const std::vector<Step> steps = {
        {words(context, "waterfall.before"), 0, profit->previous, context.palette.neutral, profit->previous},
        {words(context, "waterfall.revenue"), profit->previous, after_revenue, change_colour(revenue->change),
         revenue->change},
        {words(context, "waterfall.expenses"), after_revenue, after_revenue - expenses->change,
         change_colour(-expenses->change), -expenses->change},
        {words(context, "waterfall.now"), 0, profit->current, context.palette.primary, profit->current}};
    Range range;
    std::vector<std::string> labels;
    for (const Step& step : steps) range.cover({step.from, step.to}), labels.push_back(step.name);
    const double room = (range.high - range.low) * 0.1;  // for the numbers
    const Plot plot = make_plot(context, place, range.low < 0 ? range.low - room : 0,
                                range.high > 0 ? range.high + room : 0, labels, {});
    const double width = std::min(80.0, plot.slot * 0.5);
    const TextStyle style = {8, Weight::bold, context.palette.ink};
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Step& step = steps[i];
        draw_bar(context, plot, plot.x(i) - width / 2, width, step.from, step.to, step.colour);
        const bool ends = i == 0 || i + 1 == steps.size();
        const std::string text = ends ? context.format.money(step.shown) : context.format.signed_money(step.shown);
        // Above what rises, below what falls.
        const bool above = step.to >= step.from;
        const double y = above ? plot.y(std::max(step.from, step.to)) - 4 : plot.y(std::min(step.from, step.to)) + 10;
        context.canvas.text({plot.x(i), y}, text, style, Align::middle);
        if (i + 1 < steps.size())
            context.canvas.line(
                {{plot.x(i) + width / 2, plot.y(step.to)}, {plot.x(i + 1) - width / 2, plot.y(step.to)}},
                {context.palette.soft, 0.6, {2, 2}});
    }
}

void draw_fan(const ChartContext& context, const Rect& place, std::string_view name) {
    const ForecastSeries& series = context.report.series(name);
    const auto rows = context.report.complete();
    if (series.points.empty() || rows.empty())
        return draw_nothing(context, place, series.reason.empty() ? words(context, "none.forecast") : series.reason);
    const auto member = name == "revenue"    ? &MonthRow::revenue
                        : name == "expenses" ? &MonthRow::expenses
                        : name == "cash"     ? &MonthRow::cash
                                             : &MonthRow::operating_profit;
    // Up to a year and a half of history: enough to judge the forecast by, not so much that the fan is lost.
    const std::size_t shown = std::min<std::size_t>(18, rows.size());
    const std::vector<MonthRow> history(rows.end() - static_cast<std::ptrdiff_t>(shown), rows.end());
    const auto values = column(history, member);
    Range range;
    range.cover(values);
    std::vector<std::string> labels = month_labels(context, history);
    for (const ForecastPoint& point : series.points) {
        range.cover({point.lo95, point.hi95, point.optimistic, point.pessimistic, point.predicted});
        labels.push_back(context.format.short_month(point.month));
    }
    const Colour wide = mixed(context.palette.primary, white, 0.14),
                 narrow = mixed(context.palette.primary, white, 0.32);
    const Plot plot = make_plot(context, place, range.low, range.high, labels,
                                {{Mark::line, context.palette.ink, words(context, "actual")},
                                 {Mark::line, context.palette.primary, words(context, "forecast")},
                                 {Mark::band, narrow, words(context, "interval80")},
                                 {Mark::band, wide, words(context, "interval95")},
                                 {Mark::dashes, context.palette.good, words(context, "optimistic")},
                                 {Mark::dashes, context.palette.bad, words(context, "pessimistic")}});
    // The fan opens at the last known value.
    const Point origin = {plot.x(shown - 1), plot.y(values.back())};
    const auto path = [&](double ForecastPoint::*figure) {
        std::vector<Point> points = {origin};
        for (std::size_t i = 0; i < series.points.size(); ++i)
            points.push_back({plot.x(shown + i), plot.y(series.points[i].*figure)});
        return points;
    };
    const auto band = [&](double ForecastPoint::*low, double ForecastPoint::*high, const Colour& colour) {
        auto points = path(low);
        const auto upper = path(high);
        points.insert(points.end(), upper.rbegin(), upper.rend());
        context.canvas.fill(points, colour);
    };
    band(&ForecastPoint::lo95, &ForecastPoint::hi95, wide);
    band(&ForecastPoint::lo80, &ForecastPoint::hi80, narrow);
    if (range.low < 0)
        context.canvas.line({{plot.area.x, plot.y(0)}, {plot.area.right(), plot.y(0)}},
                            {context.palette.neutral, 0.8, {}});
    const double today = (plot.x(shown - 1) + plot.x(shown)) / 2;
    context.canvas.line({{today, plot.area.y}, {today, plot.area.bottom()}}, {context.palette.soft, 0.6, {2, 2}});
    context.canvas.line(path(&ForecastPoint::optimistic), {context.palette.good, 1.2, {3, 2}});
    context.canvas.line(path(&ForecastPoint::pessimistic), {context.palette.bad, 1.2, {3, 2}});
    const auto central = path(&ForecastPoint::predicted);
    context.canvas.line(central, {context.palette.primary, 1.8, {}});
    for (std::size_t i = 1; i < central.size(); ++i) context.canvas.dot(central[i], 2, context.palette.primary);
    draw_series(context, plot, values, 0, {context.palette.ink, 1.6, {}});
}

}  // namespace fin::exporter
