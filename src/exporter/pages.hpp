// A report as pages: what the PDF shows, in order.
#pragma once
#include <string>

#include "exporter/branding.hpp"
#include "exporter/canvas.hpp"
#include "exporter/report.hpp"

namespace fin::exporter {

inline constexpr double page_width = 595.28, page_height = 841.89;  // A4

struct Setting {
    Branding branding;
    std::string workspace;  // its name
    std::string source;     // the report's file or table
    Language language = Language::en;
};

// Draws the pages (8 to 15) and returns their number. Lays them out twice: the first time for page numbers, on a canvas
// that only measures.
int draw_pages(Paper& paper, const Report& report, const Setting& setting);

// "Financial report: March" for the metadata.
std::string document_title(const Report& report, const Setting& setting);

}  // namespace fin::exporter
