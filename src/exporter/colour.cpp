#include "exporter/colour.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fin::exporter {

namespace {

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}
double gamma(double channel) {
    channel = std::clamp(channel, 0.0, 1.0);
    return channel <= 0.0031308 ? channel * 12.92 : 1.055 * std::pow(channel, 1 / 2.4) - 0.055;
}

struct Lab {
    double l, a, b;
};

// CIELAB under D65.
Lab lab_of(const Colour& colour) {
    const double r = linear(colour.red), g = linear(colour.green), b = linear(colour.blue);
    const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
    const double x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    const double y = f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    const double z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

Colour hex(std::string_view text) { return *colour_of(text); }

}  // namespace

std::optional<Colour> colour_of(std::string_view text) {
    if (text.size() != 7 || text[0] != '#') return std::nullopt;
    std::array<double, 3> channels{};
    for (std::size_t i = 0; i < 3; ++i) {
        const int high = digit(text[1 + 2 * i]), low = digit(text[2 + 2 * i]);
        if (high < 0 || low < 0) return std::nullopt;
        channels[i] = (high * 16 + low) / 255.0;
    }
    return Colour{channels[0], channels[1], channels[2], 1};
}

std::string hex_of(const Colour& colour) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "#";
    for (const double channel : {colour.red, colour.green, colour.blue}) {
        const auto value = static_cast<unsigned>(std::lround(std::clamp(channel, 0.0, 1.0) * 255));
        text += digits[value / 16];
        text += digits[value % 16];
    }
    return text;
}

double luminance(const Colour& colour) {
    return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

double contrast(const Colour& one, const Colour& other) {
    const double a = luminance(one), b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

Colour mixed(const Colour& over, const Colour& under, double share) {
    const auto mix = [share](double a, double b) { return a * share + b * (1 - share); };
    return {mix(over.red, under.red), mix(over.green, under.green), mix(over.blue, under.blue), 1};
}

Colour as_seen(const Colour& colour, Vision vision) {
    using Matrix = std::array<double, 9>;
    static constexpr Matrix protan = {0.152286, 1.052583,  -0.204868, 0.114503, 0.786281,
                                      0.099216, -0.003882, -0.048116, 1.051998};
    static constexpr Matrix deutan = {0.367322, 0.860646,  -0.227968, 0.280085, 0.672501,
                                      0.047413, -0.011820, 0.042940,  0.968881};
    static constexpr Matrix tritan = {1.255528, -0.076749, -0.178779, -0.078411, 0.930809,
                                      0.147602, 0.004733,  0.691367,  0.303900};
    if (vision == Vision::usual) return colour;
    const Matrix& m = vision == Vision::protan ? protan : vision == Vision::deutan ? deutan : tritan;
    const double r = linear(colour.red), g = linear(colour.green), b = linear(colour.blue);
    return {gamma(m[0] * r + m[1] * g + m[2] * b), gamma(m[3] * r + m[4] * g + m[5] * b),
            gamma(m[6] * r + m[7] * g + m[8] * b), colour.alpha};
}

double difference(const Colour& one, const Colour& other) {
    const Lab a = lab_of(one), b = lab_of(other);
    return std::sqrt((a.l - b.l) * (a.l - b.l) + (a.a - b.a) * (a.a - b.a) + (a.b - b.b) * (a.b - b.b));
}

const Colour& Palette::severity(std::string_view name) const {
    if (name == "critical") return critical;
    if (name == "high") return high;
    return name == "medium" ? medium : low;
}

Palette house_palette() {
    Palette palette;
    palette.primary = hex("#17456f");
    palette.accent = hex("#d97a1e");
    palette.good = hex("#1d7f8c");
    palette.bad = hex("#b3361f");
    palette.neutral = hex("#7b8794");
    palette.ink = hex("#1c2733");
    palette.soft = hex("#5a6875");
    palette.rule = hex("#d5dbe1");
    palette.shade = hex("#f3f6f9");
    palette.critical = hex("#8c1d18");
    palette.high = hex("#b5501b");
    palette.medium = hex("#7d6608");
    palette.low = hex("#5a6875");
    return palette;
}

Colour readable_on(const Colour& background) {
    const Colour ink = house_palette().ink;
    return contrast(white, background) >= contrast(ink, background) ? white : ink;
}

}  // namespace fin::exporter
