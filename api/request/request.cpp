#include "api/request/request.hpp"

namespace fin::api {

std::string Request::header(std::string_view name) const {
    std::string joined;
    bool found = false;
    for (const auto& [key, value] : headers) {
        if (key != name) continue;
        if (found) joined += ", ";
        joined += value;
        found = true;
    }
    return joined;
}

bool Request::has_header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return true;
    return false;
}

}  // namespace fin::api
