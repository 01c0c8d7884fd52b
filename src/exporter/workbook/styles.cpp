#include "exporter/workbook/styles.hpp"

#include <array>

namespace fin::exporter {

namespace {

std::string argb(const Colour& colour) {
    std::string text = "FF";
    for (const char c : hex_of(colour).substr(1)) text += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

enum Font { usual, heading, grey, white_bold, strong };
enum Fill { none, patterned, header };
enum Number { general = 0, amount = 164, ratio, count, decimal, date, month };

struct Look {
    Font font;
    Fill fill;
    Number number;
    const char* align;
};

// In the order of enum Style.
constexpr std::array looks = {
    Look{usual, none, general, ""},
    Look{heading, none, general, ""},
    Look{grey, none, general, ""},
    Look{white_bold, header, general, "vertical=\"center\" wrapText=\"1\""},
    Look{white_bold, header, general, "horizontal=\"right\" vertical=\"center\" wrapText=\"1\""},
    Look{usual, none, general, "vertical=\"top\" wrapText=\"1\""},
    Look{usual, none, amount, ""},
    Look{strong, none, amount, ""},
    Look{usual, none, ratio, ""},
    Look{strong, none, ratio, ""},
    Look{usual, none, decimal, ""},
    Look{usual, none, count, ""},
    Look{strong, none, count, ""},
    Look{usual, none, date, "horizontal=\"left\""},
    Look{usual, none, month, "horizontal=\"left\""},
    Look{strong, none, general, ""},
    Look{grey, none, general, "vertical=\"top\""},
};
static_assert(looks.size() == static_cast<std::size_t>(Style::label) + 1);

std::string number_format(int id, const std::string& code) {
    return "<numFmt numFmtId=\"" + std::to_string(id) + "\" formatCode=\"" + code + "\"/>";
}

std::string font(const std::string& colour, int size, bool bold) {
    return std::string("<font>") + (bold ? "<b/>" : "") + "<sz val=\"" + std::to_string(size) + "\"/><color rgb=\"" +
           colour + "\"/><name val=\"Calibri\"/><family val=\"2\"/></font>";
}

std::string dxf(const Colour& text, const Colour* fill) {
    std::string xml = "<dxf><font><color rgb=\"" + argb(text) + "\"/></font>";
    if (fill) xml += "<fill><patternFill><bgColor rgb=\"" + argb(*fill) + "\"/></patternFill></fill>";
    return xml + "</dxf>";
}

}  // namespace

std::string styles_xml(const Palette& palette, Language language, int money_decimals) {
    const bool ru = language == Language::ru;
    const std::string money = money_decimals > 0 ? "#,##0.00_)" : "#,##0_)";
    std::string xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<styleSheet "
        "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts count=\"6\">";
    // Excel shows the separators of its user's country; the order of a date is the report's.
    xml += number_format(amount, money) + number_format(ratio, "0.0%_)") + number_format(count, "#,##0_)");
    xml += number_format(decimal, "#,##0.0##_)") + number_format(date, ru ? "dd\\.mm\\.yyyy" : "d\\ mmm\\ yyyy");
    xml += number_format(month, ru ? "[$-419]mmm\\ yyyy" : "[$-409]mmm\\ yyyy") + "</numFmts><fonts count=\"5\">";
    const std::string ink = argb(palette.ink);
    xml += font(ink, 11, false) + font(argb(palette.primary), 18, true) + font(argb(palette.soft), 10, false);
    xml += font(argb(readable_on(palette.primary)), 11, true) + font(ink, 11, true);
    xml +=
        "</fonts><fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill "
        "patternType=\"gray125\"/></fill><fill><patternFill patternType=\"solid\"><fgColor rgb=\"" +
        argb(palette.primary) +
        "\"/><bgColor indexed=\"64\"/></patternFill></fill></fills><borders count=\"1\"><border>"
        "<left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf "
        "numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>";
    xml += "<cellXfs count=\"" + std::to_string(looks.size()) + "\">";
    for (const Look& look : looks) {
        const std::string align = look.align;
        xml += "<xf numFmtId=\"" + std::to_string(look.number) + "\" fontId=\"" + std::to_string(look.font) +
               "\" fillId=\"" + std::to_string(look.fill) +
               "\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\"";
        xml += align.empty() ? "/>" : " applyAlignment=\"1\"><alignment " + align + "/></xf>";
    }
    xml +=
        "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles><dxfs "
        "count=\"5\">";
    xml += dxf(palette.bad, nullptr);
    for (const Colour* severity : {&palette.critical, &palette.high, &palette.medium}) {
        const Colour light = mixed(*severity, white, 0.18);
        xml += dxf(*severity, &light);
    }
    xml += dxf(palette.good, nullptr);
    return xml + "</dxfs></styleSheet>";
}

}  // namespace fin::exporter
