// Asks a clamd on this machine about bytes: one connection to its local socket, never blocking for longer than a
// twentieth of a second.
#pragma once
#include <string>
#include <string_view>

#include "interrupt.hpp"
#include "scan/instream.hpp"

namespace fin::scan {

// `seconds` limit all of it. Whatever goes wrong with the scanner is Finding::failed; only `interrupt` throws.
Verdict ask(const std::string& socket_path, std::string_view content, double seconds, const InterruptCheck& interrupt);

}  // namespace fin::scan
