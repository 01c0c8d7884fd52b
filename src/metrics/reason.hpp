// Reasons of metrics in Russian. Metrics are computed once and word their reasons in English; a reader's language is
// chosen where the document is written.
#pragma once
#include <string>
#include <string_view>

namespace fin::metrics {

// The Russian of a reason; numbers in it stay as they are. A part without translation stays English.
std::string reason_ru(std::string_view english);

}  // namespace fin::metrics
