// fin_chart: charts by name, with a title and a description for people who cannot see them.
#include "exporter/chart.hpp"

#include <algorithm>
#include <array>

#include "error.hpp"
#include "exporter/svg_canvas.hpp"
#include "exporter/text_lines.hpp"
#include "exporter/texts.hpp"

namespace fin::exporter {

namespace {

struct Named {
    std::string_view name;
    void (*draw)(const ChartContext&, const Rect&);
};

constexpr std::array charts = {
    Named{"revenue_trend", draw_trend},
    Named{"operating_profit", draw_profit},
    Named{"category_breakdown", draw_categories},
    Named{"monthly_comparison", draw_comparison},
    Named{"profit_waterfall", draw_waterfall},
    Named{"cash", draw_cash},
    Named{"cash_flow", draw_cash_flow},
    Named{"recommendations", draw_effects},
    Named{"forecast_revenue",
          [](const ChartContext& context, const Rect& place) { draw_fan(context, place, "revenue"); }},
    Named{"forecast_expenses",
          [](const ChartContext& context, const Rect& place) { draw_fan(context, place, "expenses"); }},
    Named{"forecast_profit",
          [](const ChartContext& context, const Rect& place) { draw_fan(context, place, "profit"); }},
    Named{"forecast_cash", [](const ChartContext& context, const Rect& place) { draw_fan(context, place, "cash"); }},
};

const Named* find(std::string_view name) {
    const auto* const found = std::ranges::find(charts, name, &Named::name);
    return found == charts.end() ? nullptr : found;
}

}  // namespace

std::vector<std::string_view> chart_names() {
    std::vector<std::string_view> names;
    names.reserve(charts.size());
    for (const Named& chart : charts) names.push_back(chart.name);
    return names;
}

bool draw_chart(const ChartContext& context, std::string_view name, const Rect& place) {
    const Named* chart = find(name);
    if (chart) chart->draw(context, place);
    return chart != nullptr;
}

std::string chart_title(std::string_view name, Language language) {
    return std::string(say("chart." + std::string(name), language));
}

std::string chart_description(const Report& report, const Format& format, std::string_view name) {
    const Language language = format.language();
    if (name.starts_with("forecast_")) {
        const ForecastSeries& series = report.series(name.substr(9));
        if (series.points.empty()) return std::string(say("none.forecast", language));
        const ForecastPoint& last = series.points.back();
        return say(
            "describe.forecast", language,
            {format.month(last.month), format.money(last.predicted), format.money(last.lo80), format.money(last.hi80)});
    }
    if (name == "category_breakdown") {
        std::string text;
        for (const Slice& slice : report.expense_slices)
            text += (text.empty() ? "" : "; ") +
                    (slice.name.empty() ? std::string(say("no_category", language)) : slice.name) + " " +
                    format.money(slice.amount);
        return text.empty() ? std::string(say("none.expenses", language)) : text + ".";
    }
    if (name == "monthly_comparison" || name == "profit_waterfall") {
        std::string text;
        for (const Compared& figure : report.comparison.figures) text += (text.empty() ? "" : "; ") + figure.text;
        return text.empty() ? std::string(say("none.comparison", language)) : capital(text) + ".";
    }
    return report.summary;
}

std::string chart_svg(const Report& report, const Palette& palette, Language language, std::string_view name,
                      double width, double height) {
    if (!find(name)) {
        std::string known;
        for (const std::string_view each : chart_names()) known += (known.empty() ? "" : ", ") + std::string(each);
        throw Error(ErrorCode::invalid_argument, "there is no chart \"" + drawable(name.substr(0, 60)) + "\"", {},
                    "Charts are " + known + ".");
    }
    const Format format(language, report.money_decimals());
    std::string title = chart_title(name, language);
    if (!report.currency.empty()) title += ", " + report.currency;
    SvgCanvas canvas(width, height, title, chart_description(report, format, name),
                     language == Language::ru ? "ru" : "en");
    canvas.fill(Rect{0, 0, width, height}, white);
    canvas.text({16, 26}, title, {14, Weight::bold, palette.ink});
    draw_chart({canvas, report, format, palette}, name, {16, 42, width - 32, height - 52});
    return canvas.finish();
}

}  // namespace fin::exporter
