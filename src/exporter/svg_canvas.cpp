#include "exporter/svg_canvas.hpp"

#include <cmath>
#include <cstdint>

#include "exporter/colour.hpp"
#include "exporter/text_lines.hpp"

namespace fin::exporter {

namespace {

// Two decimals, no trailing zeros, the same on every machine.
std::string number(double value) {
    const auto scaled = static_cast<std::int64_t>(std::llround(value * 100));
    const std::int64_t size = scaled < 0 ? -scaled : scaled;
    std::string text = (scaled < 0 ? "-" : "") + std::to_string(size / 100);
    if (size % 100) {
        text += "." + std::to_string(100 + size % 100).substr(1);
        if (text.back() == '0') text.pop_back();
    }
    return text;
}

std::string paint(std::string_view name, const Colour& colour) {
    std::string text = " " + std::string(name) + "=\"" + hex_of(colour) + "\"";
    if (colour.alpha < 1) text += " " + std::string(name) + "-opacity=\"" + number(colour.alpha) + "\"";
    return text;
}

std::string pairs(const std::vector<Point>& points) {
    std::string text;
    for (const Point& point : points) text += (text.empty() ? "" : " ") + number(point.x) + "," + number(point.y);
    return text;
}

// Thousandths of the letter size.
int advance(std::uint32_t code) {
    if (code >= '0' && code <= '9') return 580;
    if (code == ' ' || code == 0xA0) return 193;
    if (std::string_view(".,:;'|!").find(static_cast<char>(code)) != std::string_view::npos && code < 128) return 240;
    if (std::string_view("fijlrt()[]-/").find(static_cast<char>(code)) != std::string_view::npos && code < 128)
        return 320;
    if (std::string_view("mwMW@%").find(static_cast<char>(code)) != std::string_view::npos && code < 128) return 850;
    if (code >= 'A' && code <= 'Z') return 650;
    if (code >= 'a' && code <= 'z') return 530;
    if (code == 0x416 || code == 0x428 || code == 0x429 || code == 0x42E || code == 0x424) return 900;
    if (code == 0x436 || code == 0x448 || code == 0x449 || code == 0x44E || code == 0x44B || code == 0x444 ||
        code == 0x43C)
        return 750;
    if (code >= 0x410 && code <= 0x42F) return 680;
    if (code >= 0x430 && code <= 0x451) return 550;
    if (code >= 0x2E80) return 1000;
    return 600;
}

}  // namespace

std::string escaped_xml(std::string_view text) {
    std::string out;
    for (const char c : text) switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    return out;
}

SvgCanvas::SvgCanvas(double width, double height, std::string_view title, std::string_view description,
                     std::string_view language) {
    body_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) + " " + number(height) +
            "\" width=\"" + number(width) + "\" height=\"" + number(height) + "\" role=\"img\" xml:lang=\"" +
            std::string(language) + "\" font-family=\"Lato, 'Segoe UI', Roboto, Arial, sans-serif\">\n<title>" +
            escaped_xml(drawable(title)) + "</title>\n<desc>" + escaped_xml(drawable(description)) + "</desc>\n";
}

void SvgCanvas::fill(const Rect& rect, const Colour& colour, double radius) {
    body_ += "<rect x=\"" + number(rect.x) + "\" y=\"" + number(rect.y) + "\" width=\"" + number(rect.width) +
             "\" height=\"" + number(rect.height) + "\"" + paint("fill", colour);
    if (radius > 0) body_ += " rx=\"" + number(radius) + "\"";
    body_ += "/>\n";
}

void SvgCanvas::fill(const std::vector<Point>& polygon, const Colour& colour) {
    if (polygon.size() < 3) return;
    body_ += "<polygon points=\"" + pairs(polygon) + "\"" + paint("fill", colour) + "/>\n";
}

void SvgCanvas::line(const std::vector<Point>& points, const Stroke& stroke) {
    if (points.size() < 2) return;
    body_ += "<polyline points=\"" + pairs(points) + "\" fill=\"none\"" + paint("stroke", stroke.colour) +
             " stroke-width=\"" + number(stroke.width) + "\" stroke-linejoin=\"round\"";
    if (!stroke.dashes.empty()) {
        body_ += " stroke-dasharray=\"";
        for (std::size_t i = 0; i < stroke.dashes.size(); ++i) body_ += (i ? " " : "") + number(stroke.dashes[i]);
        body_ += "\"";
    }
    body_ += "/>\n";
}

void SvgCanvas::dot(Point centre, double radius, const Colour& fill) {
    body_ += "<circle cx=\"" + number(centre.x) + "\" cy=\"" + number(centre.y) + "\" r=\"" + number(radius) + "\"" +
             paint("fill", fill) + "/>\n";
}

void SvgCanvas::text(Point at, std::string_view text, const TextStyle& style, Align align) {
    body_ += "<text x=\"" + number(at.x) + "\" y=\"" + number(at.y) + "\" font-size=\"" + number(style.size) + "\"" +
             paint("fill", style.colour);
    if (style.weight == Weight::bold) body_ += " font-weight=\"700\"";
    if (style.weight == Weight::light) body_ += " font-weight=\"300\"";
    if (align != Align::start) body_ += align == Align::middle ? " text-anchor=\"middle\"" : " text-anchor=\"end\"";
    body_ += ">" + escaped_xml(drawable(text)) + "</text>\n";
}

double SvgCanvas::width(std::string_view text, const TextStyle& style) const {
    double thousandths = 0;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        std::uint32_t code = lead;
        std::size_t length = 1;
        if (lead >= 0xF0)
            code = lead & 7U, length = 4;
        else if (lead >= 0xE0)
            code = lead & 15U, length = 3;
        else if (lead >= 0xC0)
            code = lead & 31U, length = 2;
        for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
            code = (code << 6U) | (static_cast<unsigned char>(text[i + k]) & 63U);
        thousandths += advance(code);
        i += length;
    }
    return thousandths / 1000 * style.size * (style.weight == Weight::bold ? 1.05 : 1);
}

std::string SvgCanvas::finish() { return body_ + "</svg>\n"; }

}  // namespace fin::exporter
