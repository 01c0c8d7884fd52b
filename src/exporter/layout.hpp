// Lays out one page after another: chapters, paragraphs, charts, cards and tables that go on overleaf.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "exporter/chart.hpp"
#include "exporter/pages.hpp"
#include "exporter/text_lines.hpp"
#include "exporter/texts.hpp"

namespace fin::exporter {

struct Chapter {
    std::string title;
    int page = 0;
};

struct Cell {
    std::string text;
    Colour colour = {-1, 0, 0, 1};  // below zero: the table's
    bool bold = false;
};
struct Column {
    std::string title;
    double share = 1;  // of the width
    Align align = Align::start;
};
struct Table {
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;
    double size = 8;
    double padding = 5;
    std::size_t lines = 1;                                 // of a cell at most
    std::size_t bold_from = static_cast<std::size_t>(-1);  // rows from here on are totals
};

struct Card {
    std::string label, value, note;
    Colour colour = {-1, 0, 0, 1};
};

class Layout {
public:
    Layout(Paper& paper, const Report& report, const Setting& setting, const Format& format, const Palette& palette,
           const std::vector<Chapter>& known, int total);

    Paper& paper;
    const Report& report;
    const Setting& setting;
    const Format& format;
    const Palette& palette;
    const std::vector<Chapter>& known;  // from the first time; empty then
    std::vector<Chapter> chapters;      // found now

    std::string word(std::string_view key) const { return std::string(say(key, format.language())); }
    ChartContext charts() { return {paper, report, format, palette}; }
    // ", USD" where the currency is known.
    std::string in_currency() const;

    static constexpr double margin = 48, top = 92, bottom = page_height - 62;
    static constexpr double width = page_width - 2 * margin;
    double y = top;
    double left() const { return bottom - y; }
    int page() const { return page_; }

    void blank_page();  // without frame: the cover
    void chapter(std::string_view key);
    // A chapter that goes on where the page has that much room left.
    void chapter_here(std::string_view key, double room);
    void next_page();  // of the same chapter
    void ensure(double height) {
        if (left() < height) next_page();
    }
    void heading(const std::string& text, const std::string& aside = {});
    void paragraph(const std::string& text, double size = 9, const Colour* colour = nullptr);
    void chart(std::string_view name, double height);
    void cards(const std::vector<Card>& cards, std::size_t in_row);
    // Returns how many rows were drawn: all, unless `most_pages` did not hold them.
    std::size_t table(const Table& table, int most_pages = 99);
    void badge(double x, double base, std::string_view severity);
    double badge_width(std::string_view severity) const;

private:
    void frame(const std::string& title, bool continued);
    void table_head(const Table& table);
    std::string title_;
    int page_ = 0, total_;
};

void draw_cover(Layout& layout);
void draw_key_figures(Layout& layout);
void draw_results(Layout& layout);     // trend, categories, comparison, months
void draw_cash_pages(Layout& layout);  // cash, runway, recurring payments
void draw_findings(Layout& layout);    // anomalies, risks, recommendations
void draw_forecast_pages(Layout& layout);
void draw_appendix(Layout& layout);  // all metrics, method, data quality

}  // namespace fin::exporter
