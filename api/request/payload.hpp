// The body of a request: JSON as it came, CSV and forms turned into JSON, and the names of its columns.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/request/media_type.hpp"

namespace fin::api::request {

struct Payload {
    std::string text;               // JSON, or the body of a function with one unnamed parameter
    bool is_object = false;         // JSON: one object, not an array
    bool from_form = false;         // of a function's arguments
    std::vector<std::string> keys;  // sorted, without repetitions
    std::vector<std::pair<std::string, std::string>> arguments;  // of a form, in order
};

// columns: of ?columns=, which replace the keys and spare reading the body. Throws ApiError PGRST102.
Payload parse_payload(std::string body, const MediaType& type, bool is_function,
                      const std::optional<std::vector<std::string>>& columns);

}  // namespace fin::api::request
