// Sheets of figures: summary, metrics, months, categories, forecast.
#include "exporter/names.hpp"
#include "writing/sheets.hpp"

namespace fin::helper {

using namespace exporter;

namespace {

Style style_of(std::string_view unit) {
    if (unit == "ratio" || unit == "ratio/month") return Style::percent;
    if (unit == "months" || unit == "days" || unit == "points") return Style::number;
    return unit == "count" ? Style::whole : Style::money;
}

std::string sum_of(std::size_t column, std::size_t first, std::size_t last) {
    const std::string name = column_name(column);
    return "SUM(" + name + std::to_string(first) + ":" + name + std::to_string(last) + ")";
}

// Revenue less expenses of the row.
std::string profit_of(const std::string& row) { return "F" + row + "-G" + row; }

// What part of all spending the row's is; nothing for income.
std::string share_of(const std::string& row, const std::string& spent) {
    return "IF(D" + row + "<0,D" + row + "/" + spent + ",\"\")";
}

}  // namespace

void write_heads(WrittenSheet& sheet, const std::vector<std::pair<std::string, bool>>& heads) {
    for (const auto& [head, over_numbers] : heads) sheet.text(head, over_numbers ? Style::head_end : Style::head);
    sheet.next_row(32);
}

void write_summary(const Book& book, const SheetSetting& setting) {
    const Report& report = setting.report;
    WrittenSheet sheet(book, setting.sheet("summary"), {{34, 20, 24, 14, 14, 14, 14, 14}, 0, 0, false});
    sheet.text(setting.title, Style::title).next_row(28);
    sheet.text(setting.company, Style::bold).next_row();
    sheet.text(setting.source, Style::soft).next_row();
    sheet.text(setting.format.day(report.from) + " – " + setting.format.day(report.to), Style::soft);
    sheet.skip().text(report.currency, Style::soft).next_row();
    sheet.next_row();
    sheet.wide_text(report.summary, 8, Style::wrapped).next_row(96);
    sheet.next_row();
    write_heads(sheet, {{setting.word("figure"), false}, {setting.word("value"), true}, {setting.word("how"), false}});

    // Sums of the complete months of the sheet of months, so that they follow what is changed there.
    const std::string months = quoted_sheet(setting.sheet("monthly"));
    const std::size_t last = report.monthly.size() + 1;
    const auto of_months = [&](char column) {
        const std::string end = std::to_string(last);
        return "SUMIFS(" + months + "!" + column + "2:" + column + end + "," + months + "!B2:B" + end + ",TRUE)";
    };
    double revenue = 0, expenses = 0, profit = 0, flow = 0;
    for (const MonthRow& row : report.monthly)
        if (row.complete)
            revenue += row.revenue, expenses += row.expenses, profit += row.operating_profit, flow += row.net_cash_flow;
    const auto line = [&](std::string_view key, const std::string& formula, double value, Style style,
                          std::string_view how) {
        sheet.text(setting.word(key)).formula(formula, value, style).text(setting.word(how), Style::soft).next_row();
    };
    const std::size_t top = sheet.row();
    const std::string r = "B" + std::to_string(top), e = "B" + std::to_string(top + 1),
                      p = "B" + std::to_string(top + 2);
    line("revenue", of_months('F'), revenue, Style::money_bold, "how.complete_months");
    line("expenses", of_months('G'), expenses, Style::money_bold, "how.complete_months");
    line("operating_profit", r + "-" + e, revenue - expenses, Style::money_bold, "how.difference");
    line("operating_margin", "IF(" + r + ">0," + p + "/" + r + ",0)", revenue > 0 ? (revenue - expenses) / revenue : 0,
         Style::percent_bold, "how.ratio");
    line("net_cash_flow", of_months('J'), flow, Style::money_bold, "how.complete_months");
    line("how.transactions_sum",
         "SUBTOTAL(109," + quoted_sheet(setting.sheet("transactions")) + "!C2:C" +
             std::to_string(setting.transactions + 1) + ")",
         setting.transactions_sum, Style::money_bold, "how.filtered");
    sheet.text(setting.word("cash.end")).maybe(report.value("cash_balance", "all"), Style::money_bold);
    sheet.text(setting.word(report.quality.opening_balance ? "cash.known_note" : "cash.relative_note"), Style::soft)
        .next_row();
    sheet.text(setting.word("runway")).maybe(report.value("runway", "T3"), Style::number);
    sheet.text(setting.word("how.months"), Style::soft).next_row();
    sheet.text(setting.word("confidence")).number(report.confidence, Style::percent_bold).next_row();

    const std::string categories = range_of(setting.sheet("monthly"), 0, 2, last);
    if (!report.monthly.empty()) {
        const auto series = [&](std::string_view key, std::size_t column, const Colour& colour) {
            return ChartSeries{setting.word(key), range_of(setting.sheet("monthly"), column, 2, last), colour, false};
        };
        const std::size_t row = sheet.row();
        sheet.chart({SheetChart::Kind::columns,
                     setting.word("chart.revenue_trend"),
                     categories,
                     {series("revenue", 5, setting.palette.primary), series("expenses", 6, setting.palette.accent)},
                     0,
                     row,
                     3,
                     18});
        sheet.chart({SheetChart::Kind::line,
                     setting.word("chart.cash"),
                     categories,
                     {series("cash.end", 10, setting.palette.primary)},
                     3,
                     row,
                     5,
                     18});
    }
    sheet.conditions({{"B" + std::to_string(top) + ":B" + std::to_string(top + 6), Condition::What::negative}});
}

void write_metrics(const Book& book, const SheetSetting& setting) {
    WrittenSheet sheet(book, setting.sheet("metrics"), {{46, 26, 20, 18, 12, 16, 60, 8}, 1, 1});
    write_heads(sheet, {{setting.word("figure"), false},
                        {setting.word("code"), false},
                        {setting.word("period"), false},
                        {setting.word("value"), true},
                        {setting.word("unit"), false},
                        {setting.word("state"), false},
                        {setting.word("status"), false},
                        {"n", true}});
    for (const MetricRow& metric : setting.report.metrics)
        for (const MetricPeriod& at : metric.periods) {
            sheet.text(metric_title(metric.code, setting.format.language())).text(metric.code, Style::soft);
            sheet.text(period_title(at.period, setting.format));
            if (at.value && at.unit == "date")
                sheet.text(setting.format.figure(at.value, at.unit, at.status));
            else
                sheet.maybe(at.value, style_of(at.unit));
            sheet.text(at.unit, Style::soft).text(setting.word("status." + at.status));
            sheet.text(at.reason, Style::soft).number(at.n, Style::whole).next_row();
        }
    sheet.filter("A1:H" + std::to_string(sheet.row() - 1));
    sheet.conditions({{"D2:D" + std::to_string(sheet.row()), Condition::What::negative}});
}

void write_monthly(const Book& book, const SheetSetting& setting) {
    const auto& months = setting.report.monthly;
    WrittenSheet sheet(book, setting.sheet("monthly"), {{14, 12, 9, 16, 16, 16, 16, 18, 16, 18, 18}, 1, 1});
    write_heads(sheet, {{setting.word("month"), false},
                        {setting.word("complete"), false},
                        {setting.word("rows"), true},
                        {setting.word("inflow"), true},
                        {setting.word("outflow"), true},
                        {setting.word("revenue"), true},
                        {setting.word("expenses"), true},
                        {setting.word("operating_profit"), true},
                        {setting.word("net_profit"), true},
                        {setting.word("net_cash_flow"), true},
                        {setting.word("cash"), true}});
    MonthRow total;
    for (const MonthRow& row : months) {
        sheet.day(row.month, Style::month).truth(row.complete).number(row.rows, Style::whole);
        sheet.number(row.inflow, Style::money).number(row.outflow, Style::money);
        sheet.number(row.revenue, Style::money).number(row.expenses, Style::money);
        sheet.formula(profit_of(std::to_string(sheet.row())), row.operating_profit, Style::money);
        sheet.number(row.net_profit, Style::money)
            .number(row.net_cash_flow, Style::money)
            .number(row.cash, Style::money);
        sheet.next_row();
        total.rows += row.rows, total.inflow += row.inflow, total.outflow += row.outflow, total.revenue += row.revenue;
        total.expenses += row.expenses, total.operating_profit += row.operating_profit,
            total.net_profit += row.net_profit;
        total.net_cash_flow += row.net_cash_flow;
    }
    const std::size_t last = sheet.row() - 1;
    sheet.filter("A1:K" + std::to_string(last));
    if (!months.empty()) {
        sheet.text(setting.word("total"), Style::bold).skip();
        const double sums[] = {
            static_cast<double>(total.rows), total.inflow,     total.outflow,      total.revenue, total.expenses,
            total.operating_profit,          total.net_profit, total.net_cash_flow};
        for (std::size_t i = 0; i < std::size(sums); ++i)
            sheet.formula(sum_of(i + 2, 2, last), sums[i], i == 0 ? Style::whole_bold : Style::money_bold);
        sheet.chart(
            {SheetChart::Kind::columns,
             setting.word("chart.operating_profit"),
             range_of(sheet.name(), 0, 2, last),
             {{setting.word("operating_profit"), range_of(sheet.name(), 7, 2, last), setting.palette.good, false}},
             12,
             1,
             9,
             18});
    }
    const std::string end = std::to_string(last + 1);
    sheet.conditions({{"H2:H" + std::to_string(last), Condition::What::scale},
                      {"D2:G" + end + " I2:K" + end, Condition::What::negative}});
}

void write_categories(const Book& book, const SheetSetting& setting) {
    const auto& all = setting.report.categories;
    WrittenSheet sheet(book, setting.sheet("categories"), {{52, 18, 10, 18, 18, 12}, 1, 1});
    write_heads(sheet, {{setting.word("category"), false},
                        {setting.word("kind"), false},
                        {setting.word("rows"), true},
                        {setting.word("amount"), true},
                        {setting.word("last_three"), true},
                        {setting.word("share"), true}});
    const std::size_t last = all.size() + 1;
    double amount = 0, t3 = 0, out = 0;
    long long rows = 0;
    for (const CategoryRow& row : all) {
        amount += row.amount, t3 += row.t3, rows += row.rows;
        if (row.amount < 0) out += row.amount;
    }
    const std::string spent = "SUMIF($D$2:$D$" + std::to_string(last) + ",\"<0\")";
    for (const CategoryRow& row : all) {
        sheet.text(category_title(row.name, setting.format.language()));
        sheet.text(row.kind.empty() ? "" : setting.word("kind." + row.kind)).number(row.rows, Style::whole);
        sheet.number(row.amount, Style::money).number(row.t3, Style::money);
        sheet.formula(share_of(std::to_string(sheet.row()), spent),
                      row.amount < 0 ? std::optional(row.amount / out) : std::nullopt, Style::percent);
        sheet.next_row();
    }
    sheet.filter("A1:F" + std::to_string(last));
    if (!all.empty()) {
        sheet.text(setting.word("total"), Style::bold).skip();
        sheet.formula(sum_of(2, 2, last), static_cast<double>(rows), Style::whole_bold);
        sheet.formula(sum_of(3, 2, last), amount, Style::money_bold).formula(sum_of(4, 2, last), t3, Style::money_bold);
        const std::size_t shown = std::min<std::size_t>(last, 13);
        sheet.chart({SheetChart::Kind::bars,
                     setting.word("chart.categories"),
                     range_of(sheet.name(), 0, 2, shown),
                     {{setting.word("amount"), range_of(sheet.name(), 3, 2, shown), setting.palette.accent, false}},
                     7,
                     1,
                     10,
                     22});
    }
    sheet.conditions({{"D2:E" + std::to_string(last + 1), Condition::What::negative},
                      {"F2:F" + std::to_string(last), Condition::What::bars, {}, setting.palette.accent}});
}

void write_forecast(const Book& book, const SheetSetting& setting) {
    WrittenSheet sheet(book, setting.sheet("forecast"), {{24, 14, 16, 16, 16, 16, 16, 16, 16, 60}, 1, 2});
    const auto per_cent = [&](const char* key, int percent) {
        return setting.word(key) + " " + std::to_string(percent) + " %";
    };
    write_heads(sheet, {{setting.word("figure"), false},
                        {setting.word("month"), false},
                        {setting.word("forecast"), true},
                        {per_cent("lower", 80), true},
                        {per_cent("upper", 80), true},
                        {per_cent("lower", 95), true},
                        {per_cent("upper", 95), true},
                        {setting.word("pessimistic"), true},
                        {setting.word("optimistic"), true},
                        {setting.word("model"), false}});
    std::size_t placed = 0;
    for (const ForecastSeries& series : setting.report.forecast) {
        const std::size_t first = sheet.row();
        for (const ForecastPoint& point : series.points) {
            sheet.text(setting.word(series.name)).day(point.month, Style::month);
            for (const double value :
                 {point.predicted, point.lo80, point.hi80, point.lo95, point.hi95, point.pessimistic, point.optimistic})
                sheet.number(value, Style::money);
            sheet.text(series.model, Style::soft).next_row();
        }
        if (series.points.empty()) {
            sheet.text(setting.word(series.name)).skip(8).text(series.reason, Style::soft).next_row();
            continue;
        }
        const std::size_t last = sheet.row() - 1;
        const auto line = [&](const char* key, std::size_t column, const Colour& colour, bool dashed) {
            return ChartSeries{setting.word(key), range_of(sheet.name(), column, first, last), colour, dashed};
        };
        sheet.chart(
            {SheetChart::Kind::line,
             setting.word("chart.forecast_" + series.name),
             range_of(sheet.name(), 1, first, last),
             {line("forecast", 2, setting.palette.primary, false), line("pessimistic", 7, setting.palette.bad, true),
              line("optimistic", 8, setting.palette.good, true)},
             placed % 2 == 0 ? std::size_t{0} : 5,
             28 + placed / 2 * 18,
             5,
             17});
        ++placed;
    }
    sheet.filter("A1:J" + std::to_string(sheet.row() - 1));
    sheet.conditions({{"C2:I" + std::to_string(sheet.row()), Condition::What::negative}});
}

}  // namespace fin::helper
