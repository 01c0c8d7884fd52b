// The cell styles of a workbook.
#pragma once
#include <string>

#include "exporter/colour.hpp"
#include "exporter/format.hpp"

namespace fin::exporter {

// Numbers of xl/styles.xml; the order is that of the file.
enum class Style : int {
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
    label,
};

// Formats that conditions give to cells.
enum class Difference : int { negative, critical, high, medium, good };

std::string styles_xml(const Palette& palette, Language language, int money_decimals);

}  // namespace fin::exporter
