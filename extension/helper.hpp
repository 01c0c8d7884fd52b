// Runs pg_fin_helper for one piece of work: what may crash or explode does so in a process of its own.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "pipe/child.hpp"

namespace fin::pg {

void define_helper_settings();

// `work` is one of the helper's works (helper/works.hpp), `sink` gets the data it gives, in pieces. Returns its result
// (JSON). Throws the Error the helper reports, or one Error for a helper that is missing, crashed, hung, flooded or
// talked nonsense. A cancel ends it within 100 ms. Nothing of it is left behind.
std::string run_helper(std::string_view work, std::string_view request_json, std::string_view content,
                       const std::function<void(std::string_view)>& sink, const pipe::Limits& limits = {});

}  // namespace fin::pg
