#include "api/sql/read_sql.hpp"

#include <algorithm>

namespace fin::api::sql {

namespace {

using plan::Aggregate;
using plan::Node;
using plan::Spread;
using schema::Cardinality;
using schema::Relationship;

Qualifier qualifier(const Node& node) {
    return node.from_alias.empty() ? Qualifier{node.from} : Qualifier{{"", node.from_alias}};
}

std::string joined_name(const Node& node) { return "_fin_" + std::to_string(node.number); }
std::string junction_alias(const Node& node) { return "_fin_j" + std::to_string(node.number); }

bool grouped(const Node& node) {
    if (std::any_of(node.select.begin(), node.select.end(),
                    [](const plan::Selected& selected) { return selected.aggregate != Aggregate::none; }))
        return true;
    for (const Node& child : node.children)
        for (const plan::SpreadColumn& column : child.spread_columns)
            if (column.aggregate != Aggregate::none) return true;
    return false;
}

void open_aggregate(Writer& out, Aggregate aggregate, const std::optional<std::string>& cast) {
    if (cast) out << "CAST(";
    if (aggregate != Aggregate::none) out << request::aggregate_name(aggregate) << '(';
}

void close_aggregate(Writer& out, Aggregate aggregate, const std::optional<std::string>& cast) {
    if (aggregate != Aggregate::none) out << ')';
    if (cast) out << " AS " << *cast << ')';
}

void write_selected(Writer& out, const Qualifier& table, const plan::Selected& selected) {
    open_aggregate(out, selected.aggregate, selected.aggregate_cast);
    if (selected.cast) out << "CAST(";
    if (!selected.column.transform.empty()) out << selected.column.transform << '(';
    if (selected.column.name == "*" && selected.aggregate != Aggregate::none && !selected.column.full_row)
        out << '*';
    else
        write_column(out, table, selected.column);
    if (!selected.column.transform.empty()) out << ')';
    if (selected.cast) out << " AS " << *selected.cast << ')';
    close_aggregate(out, selected.aggregate, selected.aggregate_cast);
    if (selected.alias) {
        out << " AS ";
        out.identifier(*selected.alias);
    }
}

void write_spread_column(Writer& out, const std::string& table, const plan::SpreadColumn& column) {
    open_aggregate(out, column.aggregate, column.aggregate_cast);
    out.identifier(table) << '.';
    if (column.name == "*")
        out << '*';
    else
        out.identifier(column.name);
    close_aggregate(out, column.aggregate, column.aggregate_cast);
    if (column.alias) {
        out << " AS ";
        out.identifier(*column.alias);
    }
}

// The select list; returns the positions to group by, where something is aggregated.
class SelectList {
public:
    SelectList(Writer& out, const Node& node)
        : out_(out), node_(node), separator_(out, ", "), grouped_(grouped(node)) {}

    void write() {
        const Qualifier table = qualifier(node_);
        if (node_.select.empty() && node_.children.empty()) {
            separator_.next() << table.name << ".*";
            return;
        }
        for (const plan::Selected& selected : node_.select) {
            separator_.next();
            write_selected(out_, table, selected);
            count(selected.aggregate == Aggregate::none);
        }
        for (std::size_t i = 0; i < node_.spread_order.size(); ++i) {
            separator_.next();
            const auto& child = node_.order[i].child;
            write_selected(out_, child ? Qualifier{{"", joined_name(node_.children[*child])}} : table,
                           node_.spread_order[i]);
            count(true);
        }
        for (const Node& child : node_.children) write_child(child);
        // Only resources that filter: one constant column, so that there is a row.
        if (separator_.empty()) separator_.next() << table.name << ".*";
    }

    void write_group() {
        if (!grouped_ || positions_.empty()) return;
        out_ << " GROUP BY ";
        Separator separator(out_, ", ");
        for (const std::size_t position : positions_) separator.next() << std::to_string(position);
    }

private:
    void count(bool group) {
        ++position_;
        if (group) positions_.push_back(position_);
    }

    void write_child(const Node& child) {
        const std::string name = joined_name(child);
        if (child.spread != Spread::none) {
            for (const plan::SpreadColumn& column : child.spread_columns) {
                separator_.next();
                write_spread_column(out_, name, column);
                count(column.aggregate == Aggregate::none);
            }
            return;
        }
        if (child.empty_embed) return;
        separator_.next();
        // json has no equality: where rows may be grouped it has to be jsonb.
        if (child.to_one()) {
            out_ << "pg_catalog.row_to_json(";
            out_.identifier(name) << ".*)" << (node_.within_groups ? "::jsonb" : "");
        } else {
            out_ << "coalesce(";
            out_.identifier(name) << '.';
            out_.identifier(name) << (node_.within_groups ? "::jsonb" : "") << ", '[]')";
        }
        out_ << " AS ";
        out_.identifier(child.shown_name());
        count(true);
    }

    Writer& out_;
    const Node& node_;
    Separator separator_;
    bool grouped_;
    std::size_t position_ = 0;
    std::vector<std::size_t> positions_;
};

void write_from(Writer& out, const Node& node, const Node* parent) {
    out << " FROM ";
    const Relationship* r = node.relationship;
    if (r && r->function) {
        // The cast tells overloaded functions apart where the rows come from a write or call.
        out << *r->function << '(';
        out.identifier(parent->from_alias.empty() ? parent->from.name : parent->from_alias) << "::" << r->table << ')';
    } else if (node.from_source) {
        out.identifier(source_name);
    } else {
        out << node.from;
    }
    if (!node.from_alias.empty()) {
        out << " AS ";
        out.identifier(node.from_alias);
    }
    if (r && !r->function && r->cardinality == Cardinality::many_to_many) {
        out << ", " << r->junction << " AS ";
        out.identifier(junction_alias(node));
    }
}

void write_equal(Writer& out, const schema::Name& a, const std::string& column, const schema::Name& b,
                 const std::string& other) {
    out << a << '.';
    out.identifier(column) << " = " << b << '.';
    out.identifier(other);
}

void write_join_conditions(Writer& out, const Node& node, const Node& parent, Separator& separator) {
    const Relationship& r = *node.relationship;
    if (r.function) return;
    const schema::Name own = qualifier(node).name, above = qualifier(parent).name;
    if (r.cardinality == Cardinality::many_to_many) {
        const schema::Name junction{"", junction_alias(node)};
        for (const auto& [of_table, of_junction] : r.table_to_junction) {
            separator.next();
            write_equal(out, junction, of_junction, above, of_table);
        }
        for (const auto& [of_junction, of_foreign] : r.junction_to_foreign) {
            separator.next();
            write_equal(out, own, of_foreign, junction, of_junction);
        }
        return;
    }
    for (const auto& [of_table, of_foreign] : r.columns) {
        separator.next();
        write_equal(out, own, of_foreign, above, of_table);
    }
}

void write_direction(Writer& out, const plan::Ordered& ordered) {
    if (ordered.direction == request::Direction::asc) out << " ASC";
    if (ordered.direction == request::Direction::desc) out << " DESC";
    if (ordered.nulls == request::Nulls::first) out << " NULLS FIRST";
    if (ordered.nulls == request::Nulls::last) out << " NULLS LAST";
}

void write_order(Writer& out, const Node& node) {
    if (node.order.empty() || node.spread == Spread::to_many) return;
    out << " ORDER BY ";
    Separator separator(out, ", ");
    for (const plan::Ordered& ordered : node.order) {
        separator.next();
        const Qualifier table =
            ordered.child ? Qualifier{{"", joined_name(node.children[*ordered.child])}} : qualifier(node);
        write_column(out, table, ordered.column);
        write_direction(out, ordered);
    }
}

void write_limits(Writer& out, const plan::Range& range) {
    if (const auto limit = range.limit()) {
        out << " LIMIT ";
        out.parameter(std::to_string(*limit));
    }
    if (range.first != 0) {
        out << " OFFSET ";
        out.parameter(std::to_string(range.first));
    }
}

// One array per column, all in the same order.
void write_spread_arrays(Writer& out, const Node& child, const std::string& name) {
    // Not null where there are rows: what inner joins and null filters ask.
    out << "SELECT nullif(pg_catalog.count(*), 0) AS ";
    out.identifier(name);
    for (const plan::SpreadColumn& column : child.spread_columns) {
        out << ", coalesce(pg_catalog.json_agg(";
        out.identifier(name) << '.';
        out.identifier(column.name);
        if (!child.order.empty()) {
            out << " ORDER BY ";
            Separator separator(out, ", ");
            for (std::size_t i = 0; i < child.order.size(); ++i) {
                separator.next().identifier(name) << '.';
                out.identifier(*child.spread_order[i].alias);
                write_direction(out, child.order[i]);
            }
        }
        out << "), '[]')::jsonb AS ";
        out.identifier(column.alias ? *column.alias : column.name);
    }
    out << " FROM (";
}

void write_join(Writer& out, const Node& child, const Node& parent) {
    const std::string name = joined_name(child);
    const bool inner = child.join == request::Join::inner;
    out << (inner ? " INNER JOIN LATERAL (" : " LEFT JOIN LATERAL (");
    const bool array = child.spread == Spread::to_many || (child.spread == Spread::none && !child.to_one());
    if (child.spread == Spread::to_many) {
        write_spread_arrays(out, child, name);
    } else if (array) {
        out << "SELECT pg_catalog.json_agg(";
        out.identifier(name) << ") AS ";
        out.identifier(name) << " FROM (";
    }
    write_read(out, child, &parent);
    if (array) {
        out << ") AS ";
        out.identifier(name);
    }
    out << ") AS ";
    out.identifier(name) << " ON ";
    if (inner && array)
        out.identifier(name) << " IS NOT NULL";
    else
        out << "TRUE";
}

// Within a count, where resources are not joined: whether the resource has rows.
void write_counted_condition(Writer& out, const Qualifier& table, const plan::Condition& condition, const Node& node) {
    if (condition.kind != request::Logic::Kind::term) {
        out << (condition.negated ? "NOT (" : "(");
        Separator separator(out, condition.kind == request::Logic::Kind::all ? " AND " : " OR ");
        for (const plan::Condition& item : condition.items) {
            separator.next();
            write_counted_condition(out, table, item, node);
        }
        out << ')';
    } else if (condition.embedded) {
        out << (condition.filter.negated ? "EXISTS (" : "NOT EXISTS (");
        write_count(out, node.children[*condition.embedded], &node);
        out << ')';
    } else {
        write_condition(out, table, condition, &node);
    }
}

}  // namespace

void write_read(Writer& out, const Node& node, const Node* parent) {
    out << "SELECT ";
    SelectList list(out, node);
    list.write();
    write_from(out, node, parent);
    for (const Node& child : node.children) write_join(out, child, node);
    const bool joined = parent && !node.relationship->function;
    if (joined || !node.where.empty()) {
        out << " WHERE ";
        Separator separator(out, " AND ");
        for (const plan::Condition& condition : node.where) {
            separator.next();
            write_condition(out, qualifier(node), condition, &node);
        }
        if (joined) write_join_conditions(out, node, *parent, separator);
    }
    list.write_group();
    write_order(out, node);
    write_limits(out, node.range);
}

void write_count(Writer& out, const Node& node, const Node* parent) {
    out << "SELECT 1";
    write_from(out, node, parent);
    const bool joined = parent && !node.relationship->function;
    const bool inner = std::any_of(node.children.begin(), node.children.end(),
                                   [](const Node& child) { return child.join == request::Join::inner; });
    if (!joined && node.where.empty() && !inner) return;
    out << " WHERE ";
    Separator separator(out, " AND ");
    for (const plan::Condition& condition : node.where) {
        separator.next();
        write_counted_condition(out, qualifier(node), condition, node);
    }
    if (joined) write_join_conditions(out, node, *parent, separator);
    for (const Node& child : node.children) {
        if (child.join != request::Join::inner) continue;
        separator.next() << "EXISTS (";
        write_count(out, child, &node);
        out << ')';
    }
}

}  // namespace fin::api::sql
