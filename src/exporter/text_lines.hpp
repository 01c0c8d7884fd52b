// Text in the width that there is: lines that wrap, names that are cut with an ellipsis.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "exporter/canvas.hpp"

namespace fin::exporter {

// UTF-8 that is safe to draw: invalid bytes and control characters replaced, line breaks and tabs as spaces.
std::string drawable(std::string_view text);

// The text, or its beginning with "…", not wider than `width`.
std::string fitted(const Canvas& canvas, std::string_view text, const TextStyle& style, double width);

// Lines not wider than `width`; a word that is wider is broken. At most `most` lines (0: any number), the last one
// ends with "…" where something is left out.
std::vector<std::string> wrapped(const Canvas& canvas, std::string_view text, const TextStyle& style, double width,
                                 std::size_t most = 0);

// Draws lines from `top` downwards, returns the y below the last.
double draw_lines(Canvas& canvas, const std::vector<std::string>& lines, double x, double top, const TextStyle& style,
                  double leading = 1.4, Align align = Align::start);

}  // namespace fin::exporter
