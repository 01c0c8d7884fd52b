// A report's pages as PDF: Cairo draws, Pango sets the text, librsvg or Cairo the logo.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "exporter/canvas.hpp"

namespace fin::helper {

struct Metadata {
    std::string title, author, subject, keywords;
    std::string created;  // ISO 8601; always given: nothing here asks the clock
};

class PdfPaper : public exporter::Paper {
public:
    using Sink = std::function<void(std::string_view)>;
    // `logo`: bytes of a PNG or SVG that exporter::check_logo has let through; empty for none.
    PdfPaper(Sink sink, const Metadata& metadata, std::string_view logo);
    ~PdfPaper() override;

    void fill(const exporter::Rect& rect, const exporter::Colour& colour, double radius) override;
    void fill(const std::vector<exporter::Point>& polygon, const exporter::Colour& colour) override;
    void line(const std::vector<exporter::Point>& points, const exporter::Stroke& stroke) override;
    void dot(exporter::Point centre, double radius, const exporter::Colour& fill) override;
    void text(exporter::Point at, std::string_view text, const exporter::TextStyle& style,
              exporter::Align align) override;
    double width(std::string_view text, const exporter::TextStyle& style) const override;
    void new_page() override;
    void bookmark(std::string_view title, int level) override;
    void link(const exporter::Rect& rect, int page) override;
    bool logo(const exporter::Rect& rect) override;

    void finish();  // writes what is left; throws Error where Cairo failed

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// Finds the fonts and loads what drawing needs, so that nothing of it is left for the time behind the filter.
void warm_up_fonts();

}  // namespace fin::helper
