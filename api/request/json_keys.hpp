// Reads JSON without building it: is it valid, is it an object or an array of objects, what are their keys.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fin::api::request {

struct JsonShape {
    bool valid = false;
    bool is_object = false, is_array = false;
    bool uniform = true;            // array: of objects that all have the keys of the first
    std::vector<std::string> keys;  // of the object or of the first element; sorted, each once
};

JsonShape json_shape(std::string_view text);

}  // namespace fin::api::request
