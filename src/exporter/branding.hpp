// How a company wants its reports to look: name, colours with enough contrast, footer, logo.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "exporter/colour.hpp"

namespace fin::exporter {

inline constexpr std::size_t largest_logo = 512 * 1024;

struct Branding {
    std::string company;  // empty: the workspace's name
    std::string title;    // empty: "Financial report"
    std::string footer;
    std::optional<Colour> primary, accent;
    std::optional<std::string> language;  // en, ru

    Palette palette() const;
};

// {"company", "title", "footer", "primary", "accent", "language", "logo"}; the logo is a file's id, which is looked up
// elsewhere. Throws Error{invalid_argument} for unknown keys, texts that are too long, colours that are none or that
// cannot be read on white paper (contrast below 4.5 for primary, which text has; 3 for accent), and two colours that
// people with a colour vision deficiency cannot tell apart.
Branding parse_branding(std::string_view json);

enum class LogoType { png, svg };
// What the bytes are. Throws Error{bad_data} for anything but a PNG of at most 4000 pixels a side or an SVG without
// scripts, foreign objects, entities and references to anything outside itself; Error{limit_exceeded} beyond 512 KB.
LogoType check_logo(std::string_view bytes);

}  // namespace fin::exporter
