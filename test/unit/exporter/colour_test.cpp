#include "exporter/colour.hpp"

#include "error.hpp"
#include "exporter/branding.hpp"

namespace fin::exporter {
namespace {

TEST(Contrast, ReferencePairsOfWcag) {
    // Values as WebAIM's contrast checker gives them.
    EXPECT_NEAR(contrast(*colour_of("#000000"), white), 21, 1e-9);
    EXPECT_NEAR(contrast(*colour_of("#777777"), white), 4.48, 0.005);
    EXPECT_NEAR(contrast(*colour_of("#0000ff"), white), 8.59, 0.005);
    EXPECT_NEAR(contrast(*colour_of("#ff0000"), white), 4.00, 0.005);
}

TEST(Colour, HexGoesThereAndBack) {
    for (const char* text : {"#000000", "#17456f", "#d97a1e", "#ffffff"}) EXPECT_EQ(hex_of(*colour_of(text)), text);
    for (const char* text : {"", "#12345", "#1234567", "17456f", "#17456g", "red"})
        EXPECT_FALSE(colour_of(text)) << text;
}

TEST(Palette, TextCanBeReadAndSeriesToldApartByEverybody) {
    const Palette palette = house_palette();
    for (const Colour& text : {palette.ink, palette.soft, palette.primary, palette.bad, palette.critical, palette.high,
                               palette.medium, palette.low})
        EXPECT_GE(contrast(text, white), 4.5) << hex_of(text);
    EXPECT_GE(contrast(palette.soft, palette.shade), 4.5);
    for (const Colour& shape : {palette.accent, palette.good, palette.neutral})
        EXPECT_GE(contrast(shape, white), 3) << hex_of(shape);
    for (const Vision vision : {Vision::usual, Vision::protan, Vision::deutan, Vision::tritan}) {
        EXPECT_GE(difference(as_seen(palette.primary, vision), as_seen(palette.accent, vision)), 25);
        EXPECT_GE(difference(as_seen(palette.good, vision), as_seen(palette.bad, vision)), 20);
    }
    // In grey print revenue is darker than expenses.
    EXPECT_GT(luminance(palette.accent), 3 * luminance(palette.primary));
}

TEST(Branding, ColoursNobodyCanReadAreRefused) {
    EXPECT_THROW(parse_branding(R"({"primary": "#ffff00"})"), Error);
    EXPECT_THROW(parse_branding(R"({"accent": "#ffffee"})"), Error);
    EXPECT_THROW(parse_branding(R"({"primary": "blue"})"), Error);
    EXPECT_THROW(parse_branding(R"({"colour": "#123456"})"), Error);
    // Red and green of one brightness: alike for a tenth of all men.
    EXPECT_THROW(parse_branding(R"({"primary": "#9a4a00", "accent": "#5c6600"})"), Error);
    const Branding good = parse_branding(R"({"primary": "#004d40", "accent": "#c96a00", "footer": "a\u0000b\nc"})");
    EXPECT_EQ(hex_of(good.palette().primary), "#004d40");
    EXPECT_EQ(good.footer, "ab c");
}

std::string png(std::uint32_t width, std::uint32_t height) {
    std::string bytes("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    for (const std::uint32_t side : {width, height})
        for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(side >> static_cast<unsigned>(shift));
    return bytes + std::string(20, '\0');
}

TEST(Logo, WhatItIsAndWhatIsRefused) {
    EXPECT_EQ(check_logo(png(200, 80)), LogoType::png);
    EXPECT_EQ(check_logo(R"x(<svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/><rect fill="url(#b)"/></svg>)x"),
              LogoType::svg);
    for (const std::string& bad :
         {png(5000, 80), png(0, 1), std::string("GIF89a"), std::string("<html/>"), std::string("\x89PNG\r\n\x1a\n", 8),
          std::string(R"(<svg><image href="file:///etc/passwd"/></svg>)"),
          std::string(R"(<svg><image xlink:href = 'http://x/y.png'/></svg>)"),
          std::string("<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>"),
          std::string("<svg><SCRIPT/></svg>"), std::string("<svg><style>@import 'x';</style></svg>"),
          std::string("<svg><rect style='fill:url( http://x )'/></svg>"), std::string("<svg><foreignObject/></svg>")})
        EXPECT_THROW(check_logo(bad), Error) << bad;
    EXPECT_THROW(check_logo(png(10, 10) + std::string(largest_logo, 'x')), Error);
}

}  // namespace
}  // namespace fin::exporter
