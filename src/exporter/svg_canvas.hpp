// A canvas that writes SVG: text stays text, so that it is found, read aloud and translated.
#pragma once
#include <string>

#include "exporter/canvas.hpp"

namespace fin::exporter {

class SvgCanvas : public Canvas {
public:
    SvgCanvas(double width, double height, std::string_view title, std::string_view description,
              std::string_view language);

    void fill(const Rect& rect, const Colour& colour, double radius = 0) override;
    void fill(const std::vector<Point>& polygon, const Colour& colour) override;
    void line(const std::vector<Point>& points, const Stroke& stroke) override;
    void dot(Point centre, double radius, const Colour& fill) override;
    void text(Point at, std::string_view text, const TextStyle& style, Align align = Align::start) override;
    // By the mean widths of the letters of a humanist sans-serif: the reader's fonts are not known here.
    double width(std::string_view text, const TextStyle& style) const override;

    std::string finish();  // the document

private:
    std::string body_;
};

// & < > " ' as XML has them.
std::string escaped_xml(std::string_view text);

}  // namespace fin::exporter
