// The looks of cells in a workbook.
#pragma once
#include <xlsxwriter.h>

#include <array>

#include "exporter/colour.hpp"
#include "exporter/format.hpp"

namespace fin::helper {

enum class Style : std::size_t {
    plain,
    title,
    soft,
    head,
    head_end,
    wrapped,
    money,
    money_bold,
    percent,
    percent_bold,
    number,
    whole,
    whole_bold,
    date,
    month,
    bold,
};
inline constexpr std::size_t styles = static_cast<std::size_t>(Style::bold) + 1;

// Looks that conditions give to cells.
enum class Difference : std::size_t { negative, critical, high, medium };
inline constexpr std::size_t differences = static_cast<std::size_t>(Difference::medium) + 1;

lxw_color_t rgb(const exporter::Colour& colour);

class Formats {
public:
    // They belong to the workbook.
    Formats(lxw_workbook* workbook, const exporter::Palette& palette, exporter::Language language, int money_decimals);

    lxw_format* of(Style style) const { return formats_[static_cast<std::size_t>(style)]; }
    lxw_format* of(Difference difference) const { return differences_[static_cast<std::size_t>(difference)]; }

private:
    std::array<lxw_format*, styles> formats_{};
    std::array<lxw_format*, differences> differences_{};
};

}  // namespace fin::helper
