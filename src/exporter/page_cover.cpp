// The first two pages: the cover, and what a reader with one minute needs.
#include <algorithm>

#include "exporter/layout.hpp"
#include "exporter/names.hpp"

namespace fin::exporter {

void draw_cover(Layout& layout) {
    layout.blank_page();
    Paper& paper = layout.paper;
    const Palette& palette = layout.palette;
    const Report& report = layout.report;
    const std::string company =
        layout.setting.branding.company.empty() ? layout.setting.workspace : layout.setting.branding.company;
    paper.bookmark(layout.word("cover"), 0);
    const double x = Layout::margin, width = Layout::width;

    // Logo or name in the white band above.
    if (!paper.logo({x, 44, 190, 62}))
        paper.text({x, 84}, fitted(paper, company, {15, Weight::bold, palette.ink}, width),
                   {15, Weight::bold, palette.ink});

    constexpr double block = 140, height = 330;
    const Colour on = readable_on(palette.primary);
    paper.fill(Rect{0, block, page_width, height}, palette.primary);
    paper.fill(Rect{x, block + 58, 46, 5}, palette.accent);
    const std::string title =
        layout.setting.branding.title.empty() ? layout.word("title") : layout.setting.branding.title;
    double y = draw_lines(paper, wrapped(paper, title, {34, Weight::bold, on}, width, 2), x, block + 78,
                          {34, Weight::bold, on}, 1.2);
    y = draw_lines(paper, wrapped(paper, company, {15, Weight::regular, on}, width, 2), x, y + 8,
                   {15, Weight::regular, on});
    draw_lines(paper, wrapped(paper, layout.setting.source, {10.5, Weight::regular, on}, width, 2), x, y + 4,
               {10.5, Weight::regular, on});
    paper.text({x, block + height - 34}, layout.format.day(report.from) + " – " + layout.format.day(report.to),
               {13, Weight::bold, on});
    if (!report.currency.empty())
        paper.text({page_width - x, block + height - 34}, drawable(report.currency), {13, Weight::bold, on},
                   Align::end);

    // What is inside, with the pages it begins on.
    const TextStyle head = {11, Weight::bold, palette.primary}, entry = {9.5, Weight::regular, palette.ink};
    y = block + height + 44;
    paper.text({x, y}, layout.word("contents"), head);
    y += 22;
    const std::size_t rows = std::max<std::size_t>(1, (layout.known.size() + 1) / 2);
    const double column = (width - 40) / 2;
    for (std::size_t i = 0; i < layout.known.size(); ++i) {
        const double left = i < rows ? x : x + column + 40;
        const double base = y + 24 * static_cast<double>(i % rows);
        const std::string number = std::to_string(layout.known[i].page);
        paper.text({left, base}, fitted(paper, layout.known[i].title, entry, column - 30), entry);
        paper.text({left + column, base}, number, {9.5, Weight::bold, palette.primary}, Align::end);
        paper.line({{left, base + 7}, {left + column, base + 7}}, {palette.rule, 0.5, {}});
        paper.link({left, base - 14, column, 21}, layout.known[i].page);
    }
    const TextStyle small = {8, Weight::regular, palette.soft};
    paper.line({{x, page_height - 44}, {page_width - x, page_height - 44}}, {palette.rule, 0.5, {}});
    paper.text({x, page_height - 30}, fitted(paper, layout.setting.branding.footer, small, width), small);
}

namespace {

Card figure_card(const Layout& layout, std::string_view label, std::string_view metric, std::string_view period,
                 std::string_view compared = {}) {
    const MetricRow* row = layout.report.metric(metric);
    const MetricPeriod* at = row ? row->of(period) : nullptr;
    Card card{layout.word(label), layout.word("status.not_available"), "", {-1, 0, 0, 1}};
    if (!at) return card;
    card.value = layout.format.figure(at->value, at->unit, at->status);
    if (!at->value && !at->reason.empty())
        card.note = at->reason;
    else if (const Compared* change = compared.empty() ? nullptr : layout.report.comparison.figure(compared))
        card.note = say("card.change", layout.format.language(),
                        {layout.format.signed_money(change->change), std::to_string(layout.report.comparison.months)});
    else
        card.note = period_title(period, layout.format);
    return card;
}

std::vector<Card> key_cards(const Layout& layout) {
    const Format& format = layout.format;
    std::vector<Card> cards = {figure_card(layout, "revenue", "revenue", "all", "revenue"),
                               figure_card(layout, "expenses", "expenses", "all", "expenses"),
                               figure_card(layout, "operating_profit", "operating_profit", "all", "operating_profit"),
                               figure_card(layout, "operating_margin", "operating_margin", "all"),
                               figure_card(layout, "cash.end", "cash_balance", "all"),
                               figure_card(layout, "runway", "runway", "T3")};
    cards[1].colour = layout.palette.accent;
    const auto profit = layout.report.value("operating_profit", "all");
    for (const std::size_t i : {2, 3})
        cards[i].colour = profit.value_or(0) < 0 ? layout.palette.bad : layout.palette.good;
    if (!layout.report.quality.opening_balance) cards[4].note = layout.word("cash.relative_note");
    const Runway& runway = layout.report.runway;
    if (runway.months && runway.confidence)
        cards[5].note =
            say("card.runway", format.language(), {format.months(*runway.months), format.percent(*runway.confidence)});
    return cards;
}

// A title in a column of its own, cut after three lines.
double draw_item(Layout& layout, double x, double y, double width, std::string_view severity, const std::string& text) {
    const TextStyle style = {8.5, Weight::regular, layout.palette.ink};
    if (!severity.empty()) {
        layout.badge(x, y + 9, severity);
        y += 16;
    }
    return draw_lines(layout.paper, wrapped(layout.paper, text, style, width, 4), x, y, style, 1.35) + 8;
}

}  // namespace

void draw_key_figures(Layout& layout) {
    layout.chapter("chapter.key_figures");
    layout.cards(key_cards(layout), 3);
    layout.heading(layout.word("summary"));
    layout.paragraph(layout.report.summary, 9.5);
    if (!layout.report.ai_headline.empty()) {
        layout.heading(layout.word("second_opinion"));
        layout.paragraph(layout.report.ai_headline, 9.5);
        for (std::size_t i = 0; i < layout.report.ai_statements.size() && i < 4; ++i)
            layout.paragraph("• " + layout.report.ai_statements[i], 9);
    }
    layout.y += 12;
    layout.ensure(150);
    const double column = (Layout::width - 24) / 2, top = layout.y;
    const double second = Layout::margin + column + 24;
    const TextStyle head = {11, Weight::bold, layout.palette.ink};
    layout.paper.text({Layout::margin, top + 10}, layout.word("top_risks"), head);
    layout.paper.text({second, top + 10}, layout.word("top_advice"), head);
    for (const double x : {Layout::margin, second})
        layout.paper.line({{x, top + 17}, {x + column, top + 17}}, {layout.palette.rule, 0.7, {}});
    double left = top + 24, right = top + 24;
    const auto& risks = layout.report.risks;
    for (std::size_t i = 0; i < risks.size() && i < 3; ++i)
        left = draw_item(layout, Layout::margin, left, column, risks[i].severity, risks[i].title);
    if (risks.empty()) left = draw_item(layout, Layout::margin, left, column, {}, layout.word("none.risks"));
    const auto& advice = layout.report.advice;
    for (std::size_t i = 0; i < advice.size() && i < 3; ++i) {
        std::string text = capital(advice[i].action);
        if (advice[i].effect_monthly != 0)
            text += " (" +
                    say("a_month", layout.format.language(), {layout.format.signed_money(advice[i].effect_monthly)}) +
                    ")";
        right = draw_item(layout, second, right, column, advice[i].priority, text);
    }
    if (advice.empty()) right = draw_item(layout, second, right, column, {}, layout.word("none.advice"));
    layout.y = std::max(left, right) + 8;
    layout.ensure(40);
    layout.heading(layout.word("confidence"), layout.format.percent(layout.report.confidence));
    const double share = std::clamp(layout.report.confidence, 0.0, 1.0);
    layout.paper.fill(Rect{Layout::margin, layout.y - 4, Layout::width, 6}, layout.palette.rule, 3);
    if (share > 0.01)
        layout.paper.fill(Rect{Layout::margin, layout.y - 4, Layout::width * share, 6}, layout.palette.primary, 3);
    layout.y += 12;
    layout.paragraph(layout.word("confidence.note"), 8, &layout.palette.soft);
}

}  // namespace fin::exporter
