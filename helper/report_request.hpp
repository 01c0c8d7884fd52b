// What the works that show a report are asked for.
#pragma once
#include <string>
#include <string_view>

#include "exporter/pages.hpp"
#include "exporter/report.hpp"

namespace fin::helper {

struct ReportRequest {
    exporter::Report report;
    exporter::Setting setting;
    std::string created;  // ISO 8601
};

// {"document", "branding", "workspace", "source", "language", "created"}.
// Throws Error{invalid_argument} without a document.
ReportRequest read_report_request(std::string_view json);

}  // namespace fin::helper
