#include "writing/formats.hpp"

#include <cmath>
#include <new>

namespace fin::helper {

namespace {

using exporter::Colour;
using exporter::Palette;

enum class Font { usual, heading, grey, on_heads, strong };
enum class Number { general, amount, ratio, count, decimal, date, month };
enum class Place { usual, head, head_end, wrapped, left };

struct Look {
    Font font;
    Number number;
    Place place;
};

// In the order of enum Style.
constexpr std::array looks = {
    Look{Font::usual, Number::general, Place::usual},       Look{Font::heading, Number::general, Place::usual},
    Look{Font::grey, Number::general, Place::usual},        Look{Font::on_heads, Number::general, Place::head},
    Look{Font::on_heads, Number::general, Place::head_end}, Look{Font::usual, Number::general, Place::wrapped},
    Look{Font::usual, Number::amount, Place::usual},        Look{Font::strong, Number::amount, Place::usual},
    Look{Font::usual, Number::ratio, Place::usual},         Look{Font::strong, Number::ratio, Place::usual},
    Look{Font::usual, Number::decimal, Place::usual},       Look{Font::usual, Number::count, Place::usual},
    Look{Font::strong, Number::count, Place::usual},        Look{Font::usual, Number::date, Place::left},
    Look{Font::usual, Number::month, Place::left},          Look{Font::strong, Number::general, Place::usual},
};
static_assert(looks.size() == styles);

// Excel shows the separators of its user's country; the order of a date is the report's.
const char* number_format(Number number, bool russian, int money_decimals) {
    switch (number) {
        case Number::amount: return money_decimals > 0 ? "#,##0.00_)" : "#,##0_)";
        case Number::ratio: return "0.0%_)";
        case Number::count: return "#,##0_)";
        case Number::decimal: return "#,##0.0##_)";
        case Number::date: return russian ? "dd\\.mm\\.yyyy" : "d\\ mmm\\ yyyy";
        case Number::month: return russian ? "[$-419]mmm\\ yyyy" : "[$-409]mmm\\ yyyy";
        case Number::general: break;
    }
    return "General";
}

void set_font(lxw_format* format, Font font, const Palette& palette) {
    if (font == Font::heading || font == Font::on_heads || font == Font::strong) format_set_bold(format);
    switch (font) {
        case Font::heading:
            format_set_font_size(format, 18), format_set_font_color(format, rgb(palette.primary));
            break;
        case Font::grey: format_set_font_size(format, 10), format_set_font_color(format, rgb(palette.soft)); break;
        case Font::on_heads: format_set_font_color(format, rgb(exporter::readable_on(palette.primary))); break;
        case Font::usual:
        case Font::strong: format_set_font_color(format, rgb(palette.ink)); break;
    }
}

void set_place(lxw_format* format, Place place, const Palette& palette) {
    switch (place) {
        case Place::usual: return;
        case Place::left: return format_set_align(format, LXW_ALIGN_LEFT);
        case Place::wrapped: format_set_align(format, LXW_ALIGN_VERTICAL_TOP); break;
        case Place::head_end: format_set_align(format, LXW_ALIGN_RIGHT); [[fallthrough]];
        case Place::head:
            format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
            format_set_pattern(format, LXW_PATTERN_SOLID);
            format_set_bg_color(format, rgb(palette.primary));
    }
    format_set_text_wrap(format);
}

lxw_format* made(lxw_workbook* workbook) {
    lxw_format* const format = workbook_add_format(workbook);
    if (!format) throw std::bad_alloc();
    return format;
}

}  // namespace

lxw_color_t rgb(const Colour& colour) {
    const auto part = [](double share) { return static_cast<lxw_color_t>(std::lround(share * 255)); };
    const lxw_color_t number = part(colour.red) << 16U | part(colour.green) << 8U | part(colour.blue);
    return number == 0 ? static_cast<lxw_color_t>(LXW_COLOR_BLACK) : number;  // 0 would be no colour
}

Formats::Formats(lxw_workbook* workbook, const Palette& palette, exporter::Language language, int money_decimals) {
    for (std::size_t i = 0; i < styles; ++i) {
        formats_[i] = made(workbook);
        set_font(formats_[i], looks[i].font, palette);
        set_place(formats_[i], looks[i].place, palette);
        if (looks[i].number != Number::general)
            format_set_num_format(formats_[i],
                                  number_format(looks[i].number, language == exporter::Language::ru, money_decimals));
    }
    for (lxw_format*& difference : differences_) difference = made(workbook);
    format_set_font_color(of(Difference::negative), rgb(palette.bad));
    const std::pair<Difference, const Colour*> severities[] = {{Difference::critical, &palette.critical},
                                                               {Difference::high, &palette.high},
                                                               {Difference::medium, &palette.medium}};
    for (const auto& [severity, colour] : severities) {
        format_set_font_color(of(severity), rgb(*colour));
        format_set_bg_color(of(severity), rgb(exporter::mixed(*colour, exporter::white, 0.18)));
    }
}

}  // namespace fin::helper
