// Revenue and expenses, categories, the latest months beside those before, every month in figures.
#include <algorithm>

#include "exporter/layout.hpp"
#include "exporter/names.hpp"

namespace fin::exporter {

namespace {

Colour sign_colour(const Layout& layout, double value) { return value < 0 ? layout.palette.bad : layout.palette.ink; }

Cell money_cell(const Layout& layout, double value) {
    return {layout.format.money(value), sign_colour(layout, value), false};
}

void draw_trend_page(Layout& layout) {
    layout.chapter("chapter.results");
    layout.chart("revenue_trend", 220);
    layout.chart("operating_profit", 170);
    const auto rows = layout.report.complete();
    if (rows.empty()) return;
    const auto best = std::ranges::max_element(rows, {}, &MonthRow::operating_profit);
    const auto worst = std::ranges::min_element(rows, {}, &MonthRow::operating_profit);
    const auto losses = std::ranges::count_if(rows, [](const MonthRow& row) { return row.operating_profit < 0; });
    const std::string n = std::to_string(rows.size());
    layout.cards({{layout.word("best_month"), layout.format.money(best->operating_profit),
                   layout.format.month(best->month), layout.palette.good},
                  {layout.word("worst_month"), layout.format.money(worst->operating_profit),
                   layout.format.month(worst->month), layout.palette.bad},
                  {layout.word("months_at_loss"), std::to_string(losses),
                   say("of_months", layout.format.language(), {n}), layout.palette.neutral}},
                 3);
}

void draw_category_page(Layout& layout) {
    layout.chapter("chapter.categories");
    const double rows = static_cast<double>(std::max<std::size_t>(4, layout.report.expense_slices.size()));
    layout.chart("category_breakdown", std::min(220.0, rows * 24));
    Table table;
    table.columns = {{layout.word("category"), 3.6, Align::start},
                     {layout.word("kind"), 1.5, Align::start},
                     {layout.word("rows"), 0.8, Align::end},
                     {layout.word("amount"), 1.6, Align::end},
                     {layout.word("last_three"), 1.6, Align::end}};
    // As many as the page holds; the others in one line, so that the columns still sum to the whole.
    layout.ensure(160);
    layout.heading(layout.word("all_categories"), layout.word("all_categories.note"));
    const auto& all = layout.report.categories;
    const auto room = static_cast<std::size_t>((layout.left() - 70) / (8 * 1.3 + 5));
    const std::size_t shown = all.size() <= room ? all.size() : room - 1;
    double amount = 0, t3 = 0;
    long long count = 0;
    const auto row = [&](const std::string& name, const std::string& kind, long long n, double sum, double last) {
        table.rows.push_back(
            {{name}, {kind}, {layout.format.count(n)}, money_cell(layout, sum), money_cell(layout, last)});
    };
    const Language language = layout.format.language();
    double rest = 0, rest_t3 = 0;
    long long rest_rows = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        amount += all[i].amount, t3 += all[i].t3, count += all[i].rows;
        if (i < shown)
            row(category_title(all[i].name, language), all[i].kind.empty() ? "–" : layout.word("kind." + all[i].kind),
                all[i].rows, all[i].amount, all[i].t3);
        else
            rest += all[i].amount, rest_t3 += all[i].t3, rest_rows += all[i].rows;
    }
    if (shown < all.size())
        row(say("other_categories", language, {std::to_string(all.size() - shown)}), "", rest_rows, rest, rest_t3);
    table.bold_from = table.rows.size();
    row(layout.word("total"), "", count, amount, t3);
    layout.table(table, 1);
}

void draw_comparison_page(Layout& layout) {
    const Comparison& comparison = layout.report.comparison;
    if (!comparison.made) {
        layout.chapter_here("chapter.comparison", 200);
        layout.chart("monthly_comparison", 90);
        return;
    }
    layout.chapter("chapter.comparison");
    layout.paragraph(say("comparison.intro", layout.format.language(),
                         {layout.format.month(comparison.from), layout.format.month(comparison.to),
                          layout.format.month(comparison.previous_from), layout.format.month(comparison.previous_to)}),
                     9.5);
    layout.chart("monthly_comparison", 190);
    layout.chart("profit_waterfall", 170);
    Table table;
    table.columns = {{layout.word("figure"), 2, Align::start},
                     {layout.word("before"), 1.4, Align::end},
                     {layout.word("now"), 1.4, Align::end},
                     {layout.word("change"), 1.4, Align::end},
                     {layout.word("change_ratio"), 1, Align::end}};
    for (const Compared& figure : comparison.figures) {
        const bool good = figure.metric == "expenses" ? figure.change <= 0 : figure.change >= 0;
        table.rows.push_back(
            {{layout.word(figure.metric)},
             money_cell(layout, figure.previous),
             money_cell(layout, figure.current),
             {layout.format.signed_money(figure.change), good ? layout.palette.good : layout.palette.bad, true},
             {figure.ratio ? layout.format.signed_percent(*figure.ratio) : "–"}});
    }
    table.size = 8.5;
    layout.table(table);
}

void draw_months_page(Layout& layout) {
    const auto& all = layout.report.monthly;
    layout.chapter_here("chapter.months", 140 + 16.0 * static_cast<double>(std::min<std::size_t>(all.size(), 36)));
    constexpr std::size_t most = 36;
    const std::size_t first = all.size() > most ? all.size() - most : 0;
    layout.paragraph(
        first > 0 ? say("months.last", layout.format.language(), {std::to_string(most), std::to_string(all.size())})
                  : layout.word("months.all"),
        8.5, &layout.palette.soft);
    Table table;
    table.size = 7.5;
    table.columns = {
        {layout.word("month"), 1.25, Align::start},      {layout.word("inflow"), 1.3, Align::end},
        {layout.word("outflow"), 1.3, Align::end},       {layout.word("revenue"), 1.3, Align::end},
        {layout.word("expenses"), 1.3, Align::end},      {layout.word("operating_profit"), 1.3, Align::end},
        {layout.word("net_cash_flow"), 1.3, Align::end}, {layout.word("cash"), 1.3, Align::end}};
    MonthRow total;
    for (std::size_t i = first; i < all.size(); ++i) {
        const MonthRow& row = all[i];
        std::string month = layout.format.short_month(row.month);
        if (!row.complete) month += " *";
        table.rows.push_back({{month},
                              money_cell(layout, row.inflow),
                              money_cell(layout, row.outflow),
                              money_cell(layout, row.revenue),
                              money_cell(layout, row.expenses),
                              money_cell(layout, row.operating_profit),
                              money_cell(layout, row.net_cash_flow),
                              money_cell(layout, row.cash)});
        total.inflow += row.inflow, total.outflow += row.outflow, total.revenue += row.revenue;
        total.expenses += row.expenses, total.operating_profit += row.operating_profit;
        total.net_cash_flow += row.net_cash_flow;
    }
    table.bold_from = table.rows.size();
    table.rows.push_back({{layout.word("total")},
                          money_cell(layout, total.inflow),
                          money_cell(layout, total.outflow),
                          money_cell(layout, total.revenue),
                          money_cell(layout, total.expenses),
                          money_cell(layout, total.operating_profit),
                          money_cell(layout, total.net_cash_flow),
                          {""}});
    layout.table(table);
    if (std::ranges::any_of(all, [](const MonthRow& row) { return !row.complete; }))
        layout.paragraph(layout.word("months.incomplete"), 8, &layout.palette.soft);
}

}  // namespace

void draw_results(Layout& layout) {
    draw_trend_page(layout);
    draw_category_page(layout);
    draw_comparison_page(layout);
    draw_months_page(layout);
}

void draw_cash_pages(Layout& layout) {
    layout.chapter("chapter.cash");
    const Format& format = layout.format;
    const Runway& runway = layout.report.runway;
    std::string range;
    if (runway.low) {
        range = runway.high
                    ? say("runway.range", format.language(), {format.months(*runway.low), format.months(*runway.high)})
                    : say("runway.at_least", format.language(), {format.months(*runway.low)});
    } else if (!runway.reason.empty()) {
        range = runway.reason;
    }
    const auto metric = [&](std::string_view code, std::string_view period) {
        const MetricRow* row = layout.report.metric(code);
        const MetricPeriod* at = row ? row->of(period) : nullptr;
        return at ? format.figure(at->value, at->unit, at->status) : layout.word("status.not_available");
    };
    layout.cards(
        {{layout.word("cash.end"),
          metric("cash_balance", "all"),
          layout.word(layout.report.quality.opening_balance ? "cash.known_note" : "cash.relative_note"),
          {-1, 0, 0, 1}},
         {layout.word("net_burn"), metric("net_burn", "T3"), layout.word("net_burn.note"), layout.palette.accent},
         {layout.word("runway.forecast"),
          runway.months ? format.months(*runway.months)
                        : std::string(say("status." + runway.status, format.language())),
          range, layout.palette.good}},
        3);
    layout.chart("cash", 170);
    layout.chart("cash_flow", 170);
    std::vector<RecurringRow> lasting;
    for (const RecurringRow& row : layout.report.recurring)
        if (row.state != "ended") lasting.push_back(row);
    std::ranges::stable_sort(lasting, [](const RecurringRow& a, const RecurringRow& b) {
        return std::abs(a.monthly_amount) > std::abs(b.monthly_amount);
    });
    if (lasting.empty() || layout.left() < 80) return;
    layout.heading(layout.word("recurring"), layout.word("recurring.note"));
    Table table;
    table.columns = {{layout.word("counterparty"), 2.6, Align::start},
                     {layout.word("cadence"), 1.3, Align::start},
                     {layout.word("usual"), 1.4, Align::end},
                     {layout.word("per_month"), 1.4, Align::end},
                     {layout.word("next"), 1.2, Align::end}};
    const auto room = static_cast<std::size_t>(std::max(1.0, (layout.left() - 34) / (8 * 1.3 + 5)));
    for (std::size_t i = 0; i < lasting.size() && i < room; ++i)
        table.rows.push_back({{lasting[i].counterparty},
                              {layout.word("cadence." + lasting[i].cadence)},
                              money_cell(layout, lasting[i].median_amount),
                              money_cell(layout, lasting[i].monthly_amount),
                              {format.day(lasting[i].next)}});
    layout.table(table, 1);
}

}  // namespace fin::exporter
