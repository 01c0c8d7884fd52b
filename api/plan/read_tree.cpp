// Builds the tree of what is read: select and its resources, then filters, order and limits at their places.
#include <algorithm>

#include "api/error.hpp"
#include "api/plan/tree.hpp"

namespace fin::api::plan {

namespace {

using request::Path;
using request::SelectItem;

class Builder {
public:
    Builder(const request::QueryString& query, const ReadContext& context) : query_(query), context_(context) {}

    Node build(const std::map<std::string, Range>& ranges, const Name& root_name, Source source) {
        Node root;
        root.name = root_name.name;
        root.from = root_name;
        root.from_source = source != Source::relation;
        if (root.from_source) root.from_alias = root_name.name;
        root.relation = context_.cache.relation(root_name.schema, root_name.name);
        add_items(root, query_.select);
        const bool write = source == Source::write;
        for (const auto& [path, filter] : query_.filters) {
            if (write && path.empty()) continue;  // these choose the rows to write
            Node& node = at(root, path);
            node.where.push_back(resolve_filter(context_.cache, node.relation, filter));
        }
        for (const auto& [path, logic] : query_.logic) {
            if (write && path.empty()) continue;
            Node& node = at(root, path);
            node.where.push_back(resolve_logic(context_.cache, node.relation, logic));
        }
        for (const auto& [path, terms] : query_.order) add_order(at(root, path), terms);
        if (!write) {
            for (const auto& [key, range] : ranges) at(root, request::parse_path(key)).range = range;
            restrict(root);
        }
        finish(root);
        plan_aggregates(root, context_);
        return root;
    }

private:
    void add_items(Node& node, const std::vector<SelectItem>& items) {
        for (const SelectItem& item : items) {
            if (item.kind == SelectItem::Kind::field)
                add_field(node, item);
            else
                add_resource(node, item);
        }
    }

    void add_field(Node& node, const SelectItem& item) {
        Selected selected;
        selected.column = resolve(context_.cache, node.relation, item.field);
        selected.cast = item.cast;
        selected.aggregate = item.aggregate;
        selected.aggregate_cast = item.aggregate_cast;
        if (item.has_alias) selected.alias = item.alias;
        if (!context_.cache.representations.empty() && node.relation)
            if (const schema::Column* column = node.relation->column(item.field.name))
                selected.column.transform = representation(context_.cache, column->nominal_type, "json");
        node.select.push_back(std::move(selected));
    }

    void add_resource(Node& parent, const SelectItem& item) {
        Node node;
        node.name = item.field.name;
        if (item.has_alias) node.alias = item.alias;
        node.hint = item.hint;
        node.join = item.join;
        node.depth = parent.depth + 1;
        node.number = ++count_;
        // The root of a write or call is found by the name it stands for; below, by what the parent really is.
        const std::string& origin = parent.from.name;
        node.relationship = &find_relationship(context_.cache, context_.schema, origin, node.name, node.hint);
        node.from = node.relationship->foreign;
        node.relation = context_.cache.relation(node.from.schema, node.from.name);
        node.from_alias = node.from.name.substr(0, 50) + "_" + std::to_string(node.depth);
        if (item.kind == SelectItem::Kind::spread) node.spread = node.to_one() ? Spread::to_one : Spread::to_many;
        add_items(node, item.items);
        parent.children.push_back(std::move(node));
    }

    Node& at(Node& root, const Path& path) {
        Node* node = &root;
        for (const std::string& step : path) {
            Node* found = nullptr;
            for (Node& child : node->children) {
                const bool exact = child.shown_name() == step;
                const bool legacy = child.alias && child.name == step && *child.alias != step;
                if (!exact && !(legacy && context_.legacy_names)) continue;
                found = &child;
                if (legacy) child.legacy_match = true;
                break;
            }
            if (!found) not_embedded(*node, step);
            node = found;
        }
        return *node;
    }

    [[noreturn]] void not_embedded(const Node& node, const std::string& step) const {
        const std::string message = "'" + step + "' is not an embedded resource in this request";
        for (const Node& child : node.children)
            if (child.alias && child.name == step)
                throw ApiError(400, "PGRST108", message,
                               "Target names are not allowed in filters if they have an alias",
                               "Change '" + child.name + "' to '" + *child.alias + "' in filters, orders or limits.");
        throw ApiError(400, "PGRST108", message, nullptr,
                       "Verify that '" + step + "' is included in the 'select' query parameter.");
    }

    void add_order(Node& node, const std::vector<request::OrderTerm>& terms) {
        node.order.clear();
        for (const request::OrderTerm& term : terms) {
            Ordered ordered;
            ordered.direction = term.direction;
            ordered.nulls = term.nulls;
            if (term.relation.empty()) {
                ordered.column = resolve(context_.cache, node.relation, term.field);
            } else {
                const auto child = std::find_if(node.children.begin(), node.children.end(), [&](const Node& candidate) {
                    return candidate.shown_name() == term.relation;
                });
                if (child == node.children.end()) not_embedded(node, term.relation);
                if (!child->to_one())
                    throw ApiError(400, "PGRST118", "A related order on '" + term.relation + "' is not possible",
                                   "'" + node.from.name + "' and '" + term.relation +
                                       "' do not form a many-to-one or one-to-one relationship");
                ordered.child = static_cast<std::size_t>(child - node.children.begin());
                ordered.column.name = term.field.name;
                ordered.column.path = term.field.path;
                const schema::Column* column = child->relation ? child->relation->column(term.field.name) : nullptr;
                ordered.column.to_json =
                    !term.field.path.empty() && !(column && (column->type == "json" || column->type == "jsonb"));
            }
            node.order.push_back(std::move(ordered));
        }
    }

    void restrict(Node& node) {
        if (context_.max_rows && node.range != request::no_rows) {
            const Range most{0, node.range.first + *context_.max_rows - 1};
            node.range = request::intersection(node.range, most);
        }
        for (Node& child : node.children) restrict(child);
    }

    // resource=is.null asks whether the embedded resource is there.
    static void mark_null_filters(Condition& condition, const std::vector<Node>& children) {
        for (Condition& item : condition.items) mark_null_filters(item, children);
        if (condition.kind != request::Logic::Kind::term || condition.filter.op != request::Operator::is ||
            !condition.column.path.empty())
            return;
        if (condition.filter.value != "NULL" && condition.filter.value != "NOT NULL") return;
        for (std::size_t i = 0; i < children.size(); ++i)
            if (children[i].shown_name() == condition.column.name) {
                condition.embedded = i;
                if (condition.filter.value == "NOT NULL") {
                    condition.filter.value = "NULL";
                    condition.filter.negated = !condition.filter.negated;
                }
                return;
            }
    }

    static bool selects_nothing(const Node& node) {
        return node.select.empty() && std::all_of(node.children.begin(), node.children.end(), selects_nothing);
    }

    static void finish(Node& node) {
        for (Condition& condition : node.where) mark_null_filters(condition, node.children);
        node.empty_embed = node.spread == Spread::none && selects_nothing(node);
        for (Node& child : node.children) finish(child);
    }

    const request::QueryString& query_;
    const ReadContext& context_;
    std::size_t count_ = 0;
};

void add(std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

void add_conditions(std::vector<std::string>& names, const std::vector<Condition>& conditions) {
    for (const Condition& condition : conditions) {
        if (condition.kind != request::Logic::Kind::term)
            add_conditions(names, condition.items);
        else if (!condition.embedded)
            add(names, condition.column.name);
    }
}

}  // namespace

Node read_tree(const request::QueryString& query, const std::map<std::string, Range>& ranges, const Name& root,
               Source source, const ReadContext& context) {
    return Builder(query, context).build(ranges, root, source);
}

std::vector<std::string> needed_columns(const Node& root) {
    std::vector<std::string> names;
    for (const Selected& selected : root.select) add(names, selected.column.name);
    for (const Node& child : root.children) {
        const schema::Relationship& r = *child.relationship;
        if (r.function) return {"*"};  // its argument is the whole row
        const auto& pairs = r.cardinality == schema::Cardinality::many_to_many ? r.table_to_junction : r.columns;
        for (const auto& [own, foreign] : pairs) add(names, own);
    }
    for (const Ordered& ordered : root.order)
        if (!ordered.child) add(names, ordered.column.name);
    add_conditions(names, root.where);
    // A name beside "*" would be there twice, unless it is computed.
    const auto star = std::find(names.begin(), names.end(), "*");
    if (star != names.end()) {
        std::vector<std::string> computed{"*"};
        for (const std::string& name : names)
            if (name != "*" && root.relation && !root.relation->column(name)) computed.push_back(name);
        return computed;
    }
    return names;
}

}  // namespace fin::api::plan
