// What charts and pages are drawn on. One chart code for paper and web: a PDF canvas, an SVG canvas and the tests' own.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fin::exporter {

struct Colour {
    double red = 0, green = 0, blue = 0;  // 0..1, sRGB
    double alpha = 1;
    bool operator==(const Colour&) const = default;
    Colour with_alpha(double value) const { return {red, green, blue, value}; }
};

// Points of 1/72 inch, y downwards.
struct Point {
    double x = 0, y = 0;
};
struct Rect {
    double x = 0, y = 0, width = 0, height = 0;
    double right() const { return x + width; }
    double bottom() const { return y + height; }
};

struct Stroke {
    Colour colour;
    double width = 1;
    std::vector<double> dashes = {};
};

enum class Weight : std::uint8_t { light, regular, bold };
enum class Align : std::uint8_t { start, middle, end };

struct TextStyle {
    double size = 9;
    Weight weight = Weight::regular;
    Colour colour = {};
};

class Canvas {
public:
    Canvas() = default;
    Canvas(const Canvas&) = delete;
    Canvas& operator=(const Canvas&) = delete;
    virtual ~Canvas() = default;

    virtual void fill(const Rect& rect, const Colour& colour, double radius = 0) = 0;
    virtual void fill(const std::vector<Point>& polygon, const Colour& colour) = 0;
    virtual void line(const std::vector<Point>& points, const Stroke& stroke) = 0;
    virtual void dot(Point centre, double radius, const Colour& fill) = 0;
    // `at` is on the base line, at the start, middle or end of the text.
    virtual void text(Point at, std::string_view text, const TextStyle& style, Align align = Align::start) = 0;
    virtual double width(std::string_view text, const TextStyle& style) const = 0;
};

// A canvas of several pages.
class Paper : public Canvas {
public:
    virtual void new_page() = 0;
    // An entry of the outline that leads to this page. level 0: a chapter.
    virtual void bookmark(std::string_view title, int level) = 0;
    // What is drawn in the rectangle leads to that page, counted from 1.
    virtual void link(const Rect& rect, int page) = 0;
    // The logo, as large as fits into the rectangle, at its left upper corner; false where there is none.
    virtual bool logo(const Rect& rect) = 0;
};

}  // namespace fin::exporter
