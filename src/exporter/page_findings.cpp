// What is odd, what threatens, what to do about it.
#include <algorithm>

#include "exporter/layout.hpp"
#include "exporter/names.hpp"

namespace fin::exporter {

namespace {

void draw_anomalies(Layout& layout) {
    layout.chapter("chapter.anomalies");
    const auto& all = layout.report.anomalies;
    const Language language = layout.format.language();
    if (all.empty()) {
        layout.paragraph(layout.word("none.anomalies"), 9.5);
        return;
    }
    const auto of = [&](std::string_view severity) { return std::ranges::count(all, severity, &AnomalyRow::severity); };
    std::vector<Card> cards;
    for (const char* severity : {"critical", "high", "medium", "low"}) {
        double stake = 0;
        for (const AnomalyRow& row : all)
            if (row.severity == severity) stake += row.at_stake;
        cards.push_back({layout.word(std::string("severity.") + severity), std::to_string(of(severity)),
                         say("at_stake", language, {layout.format.money(stake)}), layout.palette.severity(severity)});
    }
    layout.cards(cards, 4);
    Table table;
    table.size = 7.8;
    table.lines = 4;
    table.columns = {{layout.word("severity"), 1.0, Align::start},
                     {layout.word("day"), 1.0, Align::start},
                     {layout.word("what"), 1.9, Align::start},
                     {layout.word("why"), 4.7, Align::start},
                     {layout.word("amount"), 1.2, Align::end}};
    for (const AnomalyRow& row : all) {
        std::string what = anomaly_title(row.kind, language);
        if (row.row_no) what += " (" + say("row_no", language, {std::to_string(*row.row_no)}) + ")";
        table.rows.push_back({{layout.word("severity." + row.severity), layout.palette.severity(row.severity), true},
                              {layout.format.day(row.booked_on)},
                              {what},
                              {row.reason},
                              {row.amount ? layout.format.money(*row.amount) : "–"}});
    }
    const std::size_t drawn = layout.table(table, 2);
    if (drawn < all.size())
        layout.paper.text({Layout::margin, std::min(layout.y + 12, Layout::bottom + 12)},
                          say("and_more", language, {std::to_string(all.size() - drawn)}),
                          {8, Weight::regular, layout.palette.soft});
}

// A risk in a frame of its own: badge, title, what it costs, the numbers behind it.
void draw_risk(Layout& layout, const RiskRow& risk) {
    const TextStyle title = {9.5, Weight::bold, layout.palette.ink}, small = {8, Weight::regular, layout.palette.soft};
    const double inner = Layout::width - 28;
    const auto lines = wrapped(layout.paper, risk.title, title, inner, 3);
    std::string evidence;
    for (const Evidence& item : risk.evidence)
        if (const std::string words = evidence_words(item, risk, layout.format); !words.empty())
            evidence += (evidence.empty() ? "" : "  ·  ") + words;
    const auto proof = wrapped(layout.paper, evidence, small, inner, 4);
    const double height = 34 + static_cast<double>(lines.size()) * 13.3 + static_cast<double>(proof.size()) * 11.2 + 8;
    layout.ensure(height + 10);
    layout.paper.fill(Rect{Layout::margin, layout.y, Layout::width, height}, layout.palette.shade, 4);
    layout.paper.fill(Rect{Layout::margin, layout.y, 3, height}, layout.palette.severity(risk.severity));
    const double x = Layout::margin + 14;
    layout.badge(x, layout.y + 18, risk.severity);
    layout.paper.text({x + layout.badge_width(risk.severity) + 8, layout.y + 18},
                      risk_title(risk.code, layout.format.language()), small);
    if (risk.impact)
        layout.paper.text({Layout::margin + Layout::width - 14, layout.y + 18},
                          say("impact", layout.format.language(), {layout.format.money(*risk.impact)}),
                          {8.5, Weight::bold, layout.palette.ink}, Align::end);
    double y = draw_lines(layout.paper, lines, x, layout.y + 26, title);
    draw_lines(layout.paper, proof, x, y + 2, small);
    layout.y += height + 10;
}

void draw_risks(Layout& layout) {
    layout.chapter_here("chapter.risks", 330);
    const auto& risks = layout.report.risks;
    if (risks.empty()) {
        layout.paragraph(layout.word("none.risks"), 9.5);
        return;
    }
    layout.paragraph(layout.word("risks.intro"), 8.5, &layout.palette.soft);
    const int first = layout.page();
    for (std::size_t i = 0; i < risks.size(); ++i) {
        // A page and a half hold what matters: the rest is in the analysis, and recommendations follow.
        if (layout.page() == first + 1 && layout.left() < 440) {
            layout.paragraph(say("and_more", layout.format.language(), {std::to_string(risks.size() - i)}), 8,
                             &layout.palette.soft);
            break;
        }
        draw_risk(layout, risks[i]);
    }
}

void draw_advice(Layout& layout) {
    layout.chapter_here("chapter.advice", 330);
    const auto& advice = layout.report.advice;
    if (advice.empty()) {
        layout.paragraph(layout.word("none.advice"), 9.5);
        return;
    }
    layout.paragraph(layout.word("advice.intro"), 8.5, &layout.palette.soft);
    layout.chart("recommendations",
                 std::min(150.0, 22.0 * static_cast<double>(std::min<std::size_t>(8, advice.size()))));
    Table table;
    table.size = 8.5;
    table.lines = 4;
    table.columns = {{layout.word("priority"), 1.1, Align::start},
                     {layout.word("action"), 4.6, Align::start},
                     {layout.word("answers"), 2, Align::start},
                     {layout.word("effect"), 1.6, Align::end}};
    for (const AdviceRow& row : advice)
        table.rows.push_back({{layout.word("severity." + row.priority), layout.palette.severity(row.priority), true},
                              {capital(row.action)},
                              {row.risk_code.empty() ? "–" : risk_title(row.risk_code, layout.format.language())},
                              {layout.format.signed_money(row.effect_monthly),
                               row.effect_monthly > 0 ? layout.palette.good : layout.palette.ink, true}});
    const std::size_t drawn = layout.table(table, 1);
    if (drawn < advice.size())
        layout.paper.text({Layout::margin, Layout::bottom + 8},
                          say("and_more", layout.format.language(), {std::to_string(advice.size() - drawn)}),
                          {8, Weight::regular, layout.palette.soft});
}

}  // namespace

void draw_findings(Layout& layout) {
    draw_anomalies(layout);
    draw_risks(layout);
    draw_advice(layout);
}

}  // namespace fin::exporter
