// The virus scanner as it is set up: settings pg_fin.clamd_socket and pg_fin.scan_*.
#pragma once
#include "bridge.hpp"
#include "scan/instream.hpp"

namespace fin::pg {

void define_scan_settings();

bool scanner_is_set();
// Asks it within pg_fin.scan_timeout. What is larger than pg_fin.scan_max_size is too large without being asked about.
// Only a cancel throws.
scan::Verdict scan_content(std::string_view content);

// What enters without becoming a file, on its way into a report: refused unless it is clean. Nothing where no scanner
// is set up.
void refuse_unless_clean(std::string_view filename, std::string_view content);

}  // namespace fin::pg
