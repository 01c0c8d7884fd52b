#include "exporter/text_lines.hpp"

namespace fin::exporter {

namespace {

constexpr std::string_view ellipsis = "\u2026", replacement = "\ufffd";

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Bytes of the character at `at`; 0 where it is no valid UTF-8.
std::size_t length_at(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if (!continues(text[at + i])) return 0;
    const auto second = length > 1 ? static_cast<unsigned char>(text[at + 1]) : 0;
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second >= 0x90))
        return 0;
    return length;
}

std::size_t next(std::string_view text, std::size_t at) {
    ++at;
    while (at < text.size() && continues(text[at])) ++at;
    return at;
}

// The longest beginning that fits with `tail` behind it, found by halving: names may be thousands of bytes long.
std::size_t fitting(const Canvas& canvas, std::string_view text, std::string_view tail, const TextStyle& style,
                    double width) {
    std::vector<std::size_t> ends = {0};
    // Nothing that fits on a page has more characters than this.
    for (std::size_t at = 0; at < text.size() && ends.size() < 2000; at = ends.back()) ends.push_back(next(text, at));
    std::size_t low = 0, high = ends.size() - 1;
    while (low < high) {
        const std::size_t middle = (low + high + 1) / 2;
        if (canvas.width(std::string(text.substr(0, ends[middle])) + std::string(tail), style) <= width)
            low = middle;
        else
            high = middle - 1;
    }
    return ends[low];
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text;
}

}  // namespace

std::string drawable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = length_at(text, at);
        const auto lead = static_cast<unsigned char>(text[at]);
        if (length == 0) {
            out += replacement;
            ++at;
            continue;
        }
        const auto second = length > 1 ? static_cast<unsigned char>(text[at + 1]) : 0;
        if (text.substr(at, length) == "\xEF\xBF\xBE" || text.substr(at, length) == "\xEF\xBF\xBF") {
            at += length;  // no characters, and XML knows them not
            continue;
        }
        if (lead == '\n' || lead == '\r' || lead == '\t')
            out += ' ';
        else if (lead >= 0x20 && lead != 0x7F && !(lead == 0xC2 && second < 0xA0))
            out += text.substr(at, length);
        at += length;
    }
    return out;
}

std::string fitted(const Canvas& canvas, std::string_view text, const TextStyle& style, double width) {
    std::string clean = drawable(text);
    if (clean.size() < 4000 && canvas.width(clean, style) <= width) return clean;
    const std::string_view kept =
        trimmed(std::string_view(clean).substr(0, fitting(canvas, clean, ellipsis, style, width)));
    return std::string(kept) + std::string(ellipsis);
}

std::vector<std::string> wrapped(const Canvas& canvas, std::string_view text, const TextStyle& style, double width,
                                 std::size_t most) {
    const std::string clean = drawable(text);
    std::string_view rest = trimmed(clean);
    std::vector<std::string> lines;
    while (!rest.empty()) {
        if (most > 0 && lines.size() + 1 == most) {
            lines.push_back(fitted(canvas, rest, style, width));
            return lines;
        }
        std::size_t end = 0;
        for (std::size_t at = rest.find(' ');; at = rest.find(' ', at + 1)) {
            const std::size_t stop = at == std::string_view::npos ? rest.size() : at;
            if (canvas.width(rest.substr(0, stop), style) > width) break;
            end = stop;
            if (at == std::string_view::npos) break;
        }
        if (end == 0) end = std::max(next(rest, 0), fitting(canvas, rest.substr(0, rest.find(' ')), {}, style, width));
        lines.emplace_back(trimmed(rest.substr(0, end)));
        rest = trimmed(rest.substr(end));
    }
    return lines;
}

double draw_lines(Canvas& canvas, const std::vector<std::string>& lines, double x, double top, const TextStyle& style,
                  double leading, Align align) {
    double y = top;
    for (const std::string& line : lines) {
        canvas.text({x, y + style.size * (0.5 * leading + 0.33)}, line, style, align);
        y += style.size * leading;
    }
    return y;
}

}  // namespace fin::exporter
