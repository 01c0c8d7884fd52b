#include "api/routes/json_members.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/request/text.hpp"

namespace fin::api::routes {

namespace {

constexpr std::string_view blanks = " \t\r\n";

// Behind the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return std::min(at + 1, text.size());
}

// Where the value that begins at `at` ends: at the comma or bracket behind it.
std::size_t end_of_value(std::string_view text, std::size_t at) {
    int depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = end_of_string(text, at);
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}')) return at;
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        ++at;
    }
    return at;
}

}  // namespace

std::vector<std::pair<std::string, std::string_view>> json_members(std::string_view text) {
    std::vector<std::pair<std::string, std::string_view>> members;
    std::size_t at = text.find('{');
    while (at < text.size()) {
        const std::size_t key = text.find_first_not_of(blanks, at + 1);
        if (key == std::string_view::npos || text[key] != '"') break;  // an empty object
        const std::size_t behind_key = end_of_string(text, key);
        const auto name = nlohmann::json::parse(text.substr(key, behind_key - key), nullptr, false);
        const std::size_t colon = text.find(':', behind_key);
        if (colon == std::string_view::npos || !name.is_string()) break;
        const std::size_t value = text.find_first_not_of(blanks, colon + 1);
        if (value == std::string_view::npos) break;
        at = end_of_value(text, value);
        std::string_view written = text.substr(value, at - value);
        written = written.substr(0, written.find_last_not_of(blanks) + 1);
        members.emplace_back(name.get<std::string>(), written);
        if (at < text.size() && text[at] == '}') break;
    }
    return members;
}

}  // namespace fin::api::routes
