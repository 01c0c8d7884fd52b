#include "api/auth/json_path.hpp"

#include <algorithm>

namespace fin::api::json_path {

namespace {

constexpr std::size_t most_nodes = 10'000;  // of one step; what is beyond is not looked at

void children(const Json& node, Nodes& found) {
    if (!node.is_structured()) return;
    for (const auto& child : node)
        if (found.size() < most_nodes) found.push_back(&child);
}

void slice(const Selector& selector, const Json& node, Nodes& found) {
    const auto size = static_cast<std::int64_t>(node.size());
    const auto bound = [&](std::optional<std::int64_t> given, std::int64_t otherwise, std::int64_t least,
                           std::int64_t most) {
        if (!given) return otherwise;
        return std::clamp(*given < 0 ? *given + size : *given, least, most);
    };
    if (selector.step > 0) {
        const auto end = bound(selector.to, size, 0, size);
        for (auto i = bound(selector.from, 0, 0, size); i < end; i += std::min(selector.step, size + 1))
            found.push_back(&node[static_cast<std::size_t>(i)]);
    } else if (selector.step < 0) {
        const auto end = bound(selector.to, -1, -1, size - 1);
        for (auto i = bound(selector.from, size - 1, -1, size - 1); i > end; i += std::max(selector.step, -size - 1))
            found.push_back(&node[static_cast<std::size_t>(i)]);
    }
}

void select(const Selector& selector, const Json& root, const Json& node, Nodes& found) {
    switch (selector.kind) {
        case Selector::Kind::name:
            if (node.is_object())
                if (const auto child = node.find(selector.name); child != node.end()) found.push_back(&*child);
            return;
        case Selector::Kind::index: {
            if (!node.is_array()) return;
            const auto index =
                selector.index < 0 ? selector.index + static_cast<std::int64_t>(node.size()) : selector.index;
            if (index >= 0 && index < static_cast<std::int64_t>(node.size()))
                found.push_back(&node[static_cast<std::size_t>(index)]);
            return;
        }
        case Selector::Kind::slice:
            if (node.is_array() && found.size() < most_nodes) slice(selector, node, found);
            return;
        case Selector::Kind::all: children(node, found); return;
        case Selector::Kind::filter: {
            Nodes candidates;
            children(node, candidates);
            for (const Json* candidate : candidates)
                if (selector.condition(root, *candidate)) found.push_back(candidate);
            return;
        }
    }
}

Nodes descendants(const Json& node) {
    Nodes all = {&node};
    for (std::size_t i = 0; i < all.size() && all.size() < most_nodes; ++i) children(*all[i], all);
    return all;
}

bool is_before(const Json& a, const Json& b) {
    return ((a.is_number() && b.is_number()) || (a.is_string() && b.is_string())) && a < b;
}

}  // namespace

Nodes walk(const std::vector<Segment>& segments, const Json& root, const Json& start) {
    Nodes nodes = {&start};
    for (const auto& segment : segments) {
        Nodes next;
        for (const Json* node : nodes) {
            if (next.size() >= most_nodes) break;
            const Nodes here = segment.anywhere ? descendants(*node) : Nodes{node};
            for (const Json* place : here)
                for (const auto& selector : segment.selectors) select(selector, root, *place, next);
        }
        nodes = std::move(next);
    }
    return nodes;
}

bool compare(std::string_view sign, const std::optional<Json>& a, const std::optional<Json>& b) {
    const bool equal = a == b;
    if (sign == "==") return equal;
    if (sign == "!=") return !equal;
    if (!a || !b) return equal && sign.size() == 2;
    if (sign == "<") return is_before(*a, *b);
    if (sign == ">") return is_before(*b, *a);
    return (equal && !a->is_structured()) || (sign == "<=" ? is_before(*a, *b) : is_before(*b, *a));
}

}  // namespace fin::api::json_path
