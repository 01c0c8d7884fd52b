// The pages in order, laid out twice: first for the page numbers that the cover and the footers show.
#include "exporter/pages.hpp"

#include "exporter/layout.hpp"

namespace fin::exporter {

namespace {

// Measures like the real paper and draws nothing.
class Blank : public Paper {
public:
    explicit Blank(const Paper& real) : real_(real) {}
    void fill(const Rect&, const Colour&, double) override {}
    void fill(const std::vector<Point>&, const Colour&) override {}
    void line(const std::vector<Point>&, const Stroke&) override {}
    void dot(Point, double, const Colour&) override {}
    void text(Point, std::string_view, const TextStyle&, Align) override {}
    double width(std::string_view text, const TextStyle& style) const override { return real_.width(text, style); }
    void new_page() override {}
    void bookmark(std::string_view, int) override {}
    void link(const Rect&, int) override {}
    bool logo(const Rect&) override { return false; }

private:
    const Paper& real_;
};

void draw_all(Layout& layout) {
    draw_cover(layout);
    draw_key_figures(layout);
    draw_results(layout);
    draw_cash_pages(layout);
    draw_findings(layout);
    draw_forecast_pages(layout);
    draw_appendix(layout);
}

}  // namespace

std::string document_title(const Report& report, const Setting& setting) {
    const std::string title =
        setting.branding.title.empty() ? std::string(say("title", setting.language)) : setting.branding.title;
    return drawable(title + ": " + (setting.source.empty() ? report.report_id : setting.source));
}

int draw_pages(Paper& paper, const Report& report, const Setting& setting) {
    const Format format(setting.language, report.money_decimals());
    const Palette palette = setting.branding.palette();
    Blank blank(paper);
    const std::vector<Chapter> none;  // a layout keeps a reference
    Layout first(blank, report, setting, format, palette, none, 0);
    draw_all(first);
    const std::vector<Chapter> known = first.chapters;
    Layout second(paper, report, setting, format, palette, known, first.page());
    draw_all(second);
    return second.page();
}

}  // namespace fin::exporter
