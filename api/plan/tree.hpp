// What is to be read, resolved against the schema: a tree of resources with their columns, conditions and order.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/request/query.hpp"
#include "api/schema/cache.hpp"

namespace fin::api::plan {

using request::Aggregate;
using request::Range;
using schema::Name;

// A column, or what a function of the row or a JSON path makes of it.
struct Column {
    std::string name;  // "*": all
    std::vector<request::JsonStep> path;
    bool to_json = false;   // the path starts from to_jsonb(column)
    bool full_row = false;  // the row itself: what count() counts in a spread resource
    std::string transform;  // SQL function of a data representation; empty: none
    bool to_tsvector = false;
    std::optional<std::string> language;  // of to_tsvector
};

struct Condition {
    request::Logic::Kind kind = request::Logic::Kind::term;
    bool negated = false;
    std::vector<Condition> items;
    // term
    Column column;
    request::Filter filter;
    std::optional<std::size_t> embedded;  // the term asks whether this child is null (filter.negated: is not)
};

struct Selected {
    Column column;
    std::optional<std::string> cast, aggregate_cast, alias;
    Aggregate aggregate = Aggregate::none;
};

struct Ordered {
    Column column;
    std::optional<std::size_t> child;  // of this embedded resource
    request::Direction direction = request::Direction::unset;
    request::Nulls nulls = request::Nulls::unset;
};

// A column that a spread resource gives to its parent.
struct SpreadColumn {
    std::string name;
    Aggregate aggregate = Aggregate::none;
    std::optional<std::string> aggregate_cast, alias;
};

enum class Spread { none, to_one, to_many };

struct Node {
    std::string name;  // as the request says
    std::optional<std::string> alias, hint;
    request::Join join = request::Join::unset;
    int depth = 0;

    Name from;                 // schema and name; of the root of a write or call: what the source stands for
    bool from_source = false;  // reads the rows of the write or call
    std::string from_alias;    // empty: the relation is named in full
    const schema::Relation* relation = nullptr;          // nullptr: unknown, as of a function's own rows
    const schema::Relationship* relationship = nullptr;  // to the parent; nullptr: root

    std::vector<Selected> select;
    std::vector<Condition> where;
    std::vector<Ordered> order;
    Range range;
    std::vector<Node> children;

    Spread spread = Spread::none;
    std::vector<SpreadColumn> spread_columns;
    std::vector<Selected> spread_order;  // to_many: the order's columns under own names, after `order` was moved here
    bool empty_embed = false;            // selects nothing: it only filters
    bool legacy_match = false;           // named by its relation although it has an alias
    bool within_groups = false;          // somewhere in the tree rows are grouped: embedded JSON must be comparable
    std::size_t number = 0;              // unique in the tree: its alias as a joined resource

    const std::string& shown_name() const { return alias ? *alias : name; }
    bool to_one() const { return relationship && relationship->to_one(); }
    bool has_default_select() const {
        return children.empty() && select.size() == 1 && select[0].column.name == "*" &&
               select[0].aggregate == Aggregate::none;
    }
};

// Where rows come from, which decides what a filter of the root means.
enum class Source { relation, write, call };

struct ReadContext {
    const schema::Cache& cache;
    std::string_view schema;
    bool aggregates_enabled = false;
    bool legacy_names = true;
    std::optional<std::int64_t> max_rows = {};
};

// Throws ApiError (PGRST108, 118, 123, 127, 200, 201).
// root: the relation, or what a function's rows are; ranges: of the whole request, the root's under "limit".
Node read_tree(const request::QueryString& query, const std::map<std::string, Range>& ranges, const Name& root,
               Source source, const ReadContext& context);

// Columns of the root that must be in the rows of a write or call for the tree to be read from them.
// {"*"}: all.
std::vector<std::string> needed_columns(const Node& root);

Column resolve(const schema::Cache& cache, const schema::Relation* relation, const request::Field& field);
Condition resolve_filter(const schema::Cache& cache, const schema::Relation* relation, const request::Filter& filter);
Condition resolve_logic(const schema::Cache& cache, const schema::Relation* relation, const request::Logic& logic);
// The function that turns source into target, empty: none.
std::string representation(const schema::Cache& cache, std::string_view source, std::string_view target);

const schema::Relationship& find_relationship(const schema::Cache& cache, std::string_view schema,
                                              const std::string& origin, const std::string& target,
                                              const std::optional<std::string>& hint);

void plan_aggregates(Node& root, const ReadContext& context);

}  // namespace fin::api::plan
