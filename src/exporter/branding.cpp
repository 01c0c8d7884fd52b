#include "exporter/branding.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "error.hpp"
#include "exporter/text_lines.hpp"

namespace fin::exporter {

using nlohmann::json;

namespace {

constexpr std::array keys = {"company", "title", "footer", "primary", "accent", "language", "logo"};
constexpr double least_text_contrast = 4.5, least_shape_contrast = 3, least_difference = 20;

std::string one_decimal(double value) {
    const auto tenths = static_cast<int>(value * 10);  // never rounded up to the line it has missed
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::string text_of(const json& object, const char* key, std::size_t most) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return {};
    if (!found->is_string()) throw Error(ErrorCode::invalid_argument, std::string("branding: ") + key + " is a text");
    std::string text = drawable(found->get_ref<const std::string&>());
    if (text.size() > most)
        throw Error(ErrorCode::invalid_argument, std::string("branding: ") + key + " is too long", {},
                    "At most " + std::to_string(most) + " bytes.");
    return text;
}

std::optional<Colour> colour_in(const json& object, const char* key, double least) {
    const std::string text = text_of(object, key, 20);
    if (text.empty()) return std::nullopt;
    const auto colour = colour_of(text);
    if (!colour)
        throw Error(ErrorCode::invalid_argument, std::string("branding: ") + key + " is no colour", {},
                    "Write it as #17456f.");
    const double reached = contrast(*colour, white);
    if (reached < least)
        throw Error(ErrorCode::invalid_argument, std::string("branding: ") + key + " cannot be read on white paper",
                    "The contrast of " + text + " to white is " + one_decimal(reached) + "; " + one_decimal(least) +
                        " is the least (WCAG 2.2).",
                    "Take a darker shade.");
    return colour;
}

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = (value << 8U) | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

[[noreturn]] void refuse_logo(const std::string& why) {
    throw Error(ErrorCode::bad_data, "the logo cannot be used", why, "A PNG or a plain SVG of at most 512 KB can.");
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// What librsvg would follow, run or expand. Refused by its looks: a logo needs none of it.
void check_svg(std::string_view bytes) {
    const std::string text = lower(bytes);
    if (text.find('\0') != std::string::npos) refuse_logo("It is no SVG in UTF-8.");
    for (const char* word : {"<!doctype", "<!entity", "<script", "<foreignobject", "<iframe", "<?xml-stylesheet",
                             "@import", "xi:include", "<filter", "javascript:"})
        if (text.find(word) != std::string::npos) refuse_logo(std::string("The SVG holds ") + word + ".");
    // References may lead to a part of the same file (#name) and nowhere else.
    for (const char* word : {"href", "url("}) {
        const std::string_view mark = word;
        for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
            std::size_t value = at + mark.size();
            while (value < text.size() && std::string_view(" \t\r\n=\"'").find(text[value]) != std::string_view::npos)
                ++value;
            if (value >= text.size() || text[value] != '#') refuse_logo("The SVG refers to something outside itself.");
        }
    }
}

}  // namespace

Palette Branding::palette() const {
    Palette palette = house_palette();
    if (primary) palette.primary = *primary;
    if (accent) palette.accent = *accent;
    return palette;
}

Branding parse_branding(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object()) throw Error(ErrorCode::invalid_argument, "branding is a JSON object");
    for (const auto& [key, value] : object.items())
        if (std::ranges::find(keys, key) == keys.end())
            throw Error(ErrorCode::invalid_argument, "branding: unknown key \"" + drawable(key.substr(0, 60)) + "\"",
                        {}, "Keys are company, title, footer, primary, accent, language and logo.");
    Branding branding;
    branding.company = text_of(object, "company", 200), branding.title = text_of(object, "title", 200);
    branding.footer = text_of(object, "footer", 300);
    branding.primary = colour_in(object, "primary", least_text_contrast);
    branding.accent = colour_in(object, "accent", least_shape_contrast);
    if (const std::string language = text_of(object, "language", 8); !language.empty()) {
        if (language != "en" && language != "ru")
            throw Error(ErrorCode::invalid_argument, "branding: language is en or ru");
        branding.language = language;
    }
    const Palette palette = branding.palette();
    for (const Vision vision : {Vision::usual, Vision::protan, Vision::deutan, Vision::tritan})
        if (difference(as_seen(palette.primary, vision), as_seen(palette.accent, vision)) < least_difference)
            throw Error(ErrorCode::invalid_argument, "branding: primary and accent cannot be told apart",
                        hex_of(palette.primary) + " and " + hex_of(palette.accent) +
                            " look alike, to everybody or to people with a colour vision deficiency.",
                        "They colour revenue and expenses in one chart: take colours of different brightness.");
    return branding;
}

LogoType check_logo(std::string_view bytes) {
    if (bytes.size() > largest_logo)
        throw Error(ErrorCode::limit_exceeded, "the logo is too large", {}, "At most 512 KB.");
    static constexpr std::string_view png("\x89PNG\r\n\x1a\n", 8);
    if (bytes.substr(0, 8) == png) {
        if (bytes.size() < 33 || bytes.substr(12, 4) != "IHDR") refuse_logo("The PNG has no header.");
        const std::uint32_t width = big_endian(bytes, 16), height = big_endian(bytes, 20);
        if (width == 0 || height == 0 || width > 4000 || height > 4000)
            refuse_logo("The PNG is " + std::to_string(width) + " by " + std::to_string(height) +
                        " pixels; at most 4000 by 4000 are drawn.");
        return LogoType::png;
    }
    const std::string head = lower(bytes.substr(0, 1024));
    if (head.find("<svg") == std::string::npos) refuse_logo("It is neither a PNG nor an SVG.");
    check_svg(bytes);
    return LogoType::svg;
}

}  // namespace fin::exporter
