// Colours of reports: readable in print, for the colour-blind, and with a company's own colours checked for contrast.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "exporter/canvas.hpp"

namespace fin::exporter {

// "#1f5fa8"; nullopt for anything else.
std::optional<Colour> colour_of(std::string_view hex);
std::string hex_of(const Colour& colour);

// WCAG 2.2: relative luminance 0..1 and the contrast ratio 1..21.
double luminance(const Colour& colour);
double contrast(const Colour& one, const Colour& other);

// The colour on paper where `over` is laid half-transparent on `under`.
Colour mixed(const Colour& over, const Colour& under, double share);

enum class Vision { usual, protan, deutan, tritan };
// How a person of that vision sees the colour (Machado, Oliveira and Fernandes 2009, severity 1).
Colour as_seen(const Colour& colour, Vision vision);
// CIE 1976 difference: 2.3 is just noticeable; series of a chart need far more.
double difference(const Colour& one, const Colour& other);

inline constexpr Colour white{1, 1, 1};

struct Palette {
    Colour primary;  // cover, headings, revenue
    Colour accent;   // expenses, what is stressed
    Colour good, bad, neutral;
    Colour ink, soft, rule, shade;  // text, lesser text, lines, backgrounds of rows
    Colour critical, high, medium, low;

    const Colour& severity(std::string_view name) const;
};

// The house colours.
Palette house_palette();

// The text colour that reads best on a background: white or ink.
Colour readable_on(const Colour& background);

}  // namespace fin::exporter
