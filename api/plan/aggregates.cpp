// Aliases that follow from paths and aggregates, "*" written out where grouping needs it, aggregates of spread
// resources moved to where they group, and the order of resources spread into arrays.
#include <algorithm>

#include "api/error.hpp"
#include "api/plan/tree.hpp"

namespace fin::api::plan {

namespace {

bool aggregates(const Selected& selected) { return selected.aggregate != Aggregate::none; }

// data->a->>0 is shown as "a", data->0 as "data".
std::string path_name(const Column& column) {
    for (std::size_t i = column.path.size(); i-- > 0;)
        if (!column.path[i].is_index) return column.path[i].operand;
    return column.name;
}

void add_aliases(Node& node) {
    for (Selected& selected : node.select) {
        if (selected.alias) continue;
        if (aggregates(selected)) {
            // The parent of a spread resource has to know the name.
            if (node.spread != Spread::none) selected.alias = request::aggregate_name(selected.aggregate);
        } else if (!selected.column.path.empty()) {
            selected.alias = path_name(selected.column);
        } else if (!selected.column.transform.empty()) {
            selected.alias = selected.column.name;
        }
    }
    for (Node& child : node.children) add_aliases(child);
}

void expand_stars(Node& node, bool grouped, const ReadContext& context) {
    grouped =
        grouped || std::any_of(node.select.begin(), node.select.end(), aggregates) || node.spread == Spread::to_many;
    const bool represented =
        !context.cache.representations.empty() && node.relation &&
        std::any_of(node.relation->columns.begin(), node.relation->columns.end(), [&](const schema::Column& column) {
            return !representation(context.cache, column.nominal_type, "json").empty();
        });
    // The rows of a write or call already hold the computed columns: "*" would show them again.
    const bool computed = node.from_source && needed_columns(node).size() > 1;
    if ((grouped || represented || computed) && node.relation) {
        std::vector<Selected> expanded;
        for (Selected& selected : node.select) {
            const bool star = selected.column.name == "*" && selected.column.path.empty();
            if (star && selected.aggregate == Aggregate::none) {
                for (const schema::Column& column : node.relation->columns) {
                    Selected copy;
                    copy.column.name = column.name;
                    copy.column.transform = representation(context.cache, column.nominal_type, "json");
                    if (!copy.column.transform.empty()) copy.alias = column.name;
                    expanded.push_back(std::move(copy));
                }
            } else {
                if (star && node.spread != Spread::none && selected.aggregate == Aggregate::count)
                    selected.column.full_row = true;
                expanded.push_back(std::move(selected));
            }
        }
        node.select = std::move(expanded);
    }
    for (Node& child : node.children) expand_stars(child, grouped, context);
}

void refuse_aggregates(const Node& node) {
    if (std::any_of(node.select.begin(), node.select.end(), aggregates))
        throw ApiError(400, "PGRST123", "Use of aggregate functions is not allowed");
    for (const Node& child : node.children) refuse_aggregates(child);
}

void name_spread_columns(Node& node) {
    for (Node& child : node.children) name_spread_columns(child);
    if (node.spread == Spread::none) return;
    for (const Selected& selected : node.select)
        node.spread_columns.push_back(
            {selected.alias ? *selected.alias : selected.column.name, Aggregate::none, {}, {}});
    for (const Node& child : node.children) {
        if (child.spread == Spread::none) {
            if (!child.empty_embed) node.spread_columns.push_back({child.shown_name(), Aggregate::none, {}, {}});
        } else {
            node.spread_columns.insert(node.spread_columns.end(), child.spread_columns.begin(),
                                       child.spread_columns.end());
        }
    }
}

// Moves the aggregates of to-one spread resources up to the nearest resource that is an object or an array.
std::vector<SpreadColumn> hoist(Node& node) {
    std::vector<SpreadColumn> moved;
    const bool passes_on = node.spread == Spread::to_one;
    for (Node& child : node.children) {
        std::vector<SpreadColumn> from_child = hoist(child);
        if (passes_on) {
            moved.insert(moved.end(), from_child.begin(), from_child.end());
            continue;
        }
        for (SpreadColumn& column : child.spread_columns)
            for (const SpreadColumn& aggregate : from_child)
                if (aggregate.name == column.name) {
                    column = aggregate;
                    break;
                }
    }
    if (!passes_on) return {};
    for (Selected& selected : node.select) {
        if (!aggregates(selected)) continue;
        moved.push_back({selected.alias ? *selected.alias : selected.column.name, selected.aggregate,
                         selected.aggregate_cast, selected.alias});
        selected.aggregate = Aggregate::none;
        selected.aggregate_cast.reset();
    }
    return moved;
}

// The order of a resource spread into arrays is that within each array: its columns are selected under own names.
void move_spread_order(Node& node) {
    if (node.spread == Spread::to_many) {
        bool has_aggregate = std::any_of(node.select.begin(), node.select.end(), aggregates);
        for (const Node& child : node.children)
            for (const SpreadColumn& column : child.spread_columns)
                has_aggregate = has_aggregate || column.aggregate != Aggregate::none;
        if (has_aggregate)
            throw ApiError(400, "PGRST127", "Feature not implemented",
                           "Aggregates are not implemented for one-to-many or many-to-many spreads.");
        for (std::size_t i = 0; i < node.order.size(); ++i) {
            Selected selected;
            selected.column = node.order[i].column;
            selected.alias = "_fin_order_" + std::to_string(i + 1);
            node.spread_order.push_back(std::move(selected));
        }
    }
    for (Node& child : node.children) move_spread_order(child);
}

bool has_aggregates(const Node& node) {
    return std::any_of(node.select.begin(), node.select.end(), aggregates) ||
           std::any_of(node.children.begin(), node.children.end(), has_aggregates);
}

void mark_grouped(Node& node) {
    node.within_groups = true;
    for (Node& child : node.children) mark_grouped(child);
}

}  // namespace

void plan_aggregates(Node& root, const ReadContext& context) {
    if (!context.aggregates_enabled) refuse_aggregates(root);
    if (has_aggregates(root)) mark_grouped(root);
    expand_stars(root, false, context);
    add_aliases(root);
    name_spread_columns(root);
    hoist(root);
    move_spread_order(root);
}

}  // namespace fin::api::plan
