// A plan in JSON: the same words in the preview and beside the stored report.
#pragma once
#include "importer/importer.hpp"
#include "json/writer.hpp"

namespace fin::importer {

void write_dialect(json::Writer& out, const Plan& plan);
void write_columns(json::Writer& out, const Plan& plan);

}  // namespace fin::importer
