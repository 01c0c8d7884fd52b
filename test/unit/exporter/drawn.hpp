// A paper that remembers what was drawn, and checks that nothing leaves it.
#pragma once
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "exporter/pages.hpp"
#include "exporter/svg_canvas.hpp"

namespace fin::exporter {

struct DrawnText {
    int page;
    Point at;
    std::string text;
    double left, right;
};

class Drawn : public Paper {
public:
    std::vector<DrawnText> texts;
    std::vector<std::string> bookmarks;
    std::vector<std::pair<int, int>> links;  // from page to page
    int pages = 0, shapes = 0;
    bool outside = false;

    void fill(const Rect& rect, const Colour&, double) override {
        see(rect.x, rect.y), see(rect.right(), rect.bottom()), ++shapes;
        if (rect.width < 0 || rect.height < 0) outside = true;
    }
    void fill(const std::vector<Point>& polygon, const Colour&) override {
        for (const Point& point : polygon) see(point.x, point.y);
        ++shapes;
    }
    void line(const std::vector<Point>& points, const Stroke&) override {
        for (const Point& point : points) see(point.x, point.y);
        ++shapes;
    }
    void dot(Point centre, double, const Colour&) override { see(centre.x, centre.y), ++shapes; }
    void text(Point at, std::string_view text, const TextStyle& style, Align align) override {
        const double wide = width(text, style);
        const double left = at.x - (align == Align::start ? 0 : align == Align::end ? wide : wide / 2);
        see(left, at.y), see(left + wide, at.y);
        texts.push_back({pages, at, std::string(text), left, left + wide});
    }
    double width(std::string_view text, const TextStyle& style) const override { return measure_.width(text, style); }
    void new_page() override { ++pages; }
    void bookmark(std::string_view title, int level) override {
        bookmarks.push_back(std::string(static_cast<std::size_t>(level), '>') + std::string(title));
    }
    void link(const Rect& rect, int to) override {
        see(rect.x, rect.y), see(rect.right(), rect.bottom());
        links.emplace_back(pages, to);
    }
    bool logo(const Rect&) override { return false; }

    bool says(std::string_view words) const {
        for (const DrawnText& drawn : texts)
            if (drawn.text.find(words) != std::string::npos) return true;
        return false;
    }

private:
    void see(double x, double y) {
        if (!std::isfinite(x) || !std::isfinite(y) || x < -0.01 || y < -0.01 || x > page_width + 0.01 ||
            y > page_height + 0.01)
            outside = true;
    }
    SvgCanvas measure_{1, 1, "", "", "en"};
};

inline std::string sample_document(const std::string& language) {
    std::ifstream file(FIN_TEST_DATA "/exporter/hackclub." + language + ".json");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace fin::exporter
