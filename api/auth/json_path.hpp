// Walking JSON by the steps of a JSON path (RFC 9535).
#pragma once
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fin::api::json_path {

using Json = nlohmann::json;
using Nodes = std::vector<const Json*>;
using Condition = std::function<bool(const Json& root, const Json& node)>;
using Value = std::function<std::optional<Json>(const Json& root, const Json& node)>;  // nullopt: nothing there

struct Selector {
    enum class Kind { name, index, slice, all, filter } kind = Kind::all;
    std::string name;
    std::int64_t index = 0;
    std::optional<std::int64_t> from, to;
    std::int64_t step = 1;
    Condition condition;
};

struct Segment {
    bool anywhere = false;  // ..
    std::vector<Selector> selectors;
};

// What the steps lead to from `start`, in order; `root` is what $ means inside conditions.
Nodes walk(const std::vector<Segment>& segments, const Json& root, const Json& start);

// `sign` is one of == != < <= > >=.
bool compare(std::string_view sign, const std::optional<Json>& a, const std::optional<Json>& b);

}  // namespace fin::api::json_path
