// The top-level members of a JSON object with their values as they were written, so that no number loses a digit.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fin::api::routes {

// In order, repeated keys too; values are views into `text`, which must be a valid object (request::json_shape).
std::vector<std::pair<std::string, std::string_view>> json_members(std::string_view text);

}  // namespace fin::api::routes
