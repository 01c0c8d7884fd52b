// A request's query string as a typed tree: select, filters, boolean trees, order, limits. Nothing here knows a schema.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/request/text.hpp"

namespace fin::api::request {

// data->a->>0: one arrow and its operand.
struct JsonStep {
    bool as_text = false;   // ->> instead of ->
    bool is_index = false;  // operand is a signed integer
    std::string operand;
};

struct Field {
    std::string name;
    std::vector<JsonStep> path;
};

enum class Operator {
    eq,
    gt,
    gte,
    lt,
    lte,
    like,
    ilike,
    match,
    imatch,  // these take any and all
    neq,
    cs,
    cd,
    ov,
    sl,
    sr,
    nxr,
    nxl,
    adj,  // one value
    in,
    is,
    isdistinct,
    fts,
    plfts,
    phfts,
    wfts,
};
enum class Quantifier { none, any, all };

struct Filter {
    Field field;
    bool negated = false;
    Operator op = Operator::eq;
    Quantifier quantifier = Quantifier::none;
    std::string value;                // of `is`: the SQL word NULL, NOT NULL, TRUE, FALSE or UNKNOWN
    std::optional<std::size_t> pair;  // of the query string, which gives this value and nothing else but the operator
    std::vector<std::string> list;    // of `in`
    std::optional<std::string> language;  // of the text searches
};

struct Logic {
    enum class Kind { term, all, any };
    Kind kind = Kind::term;
    bool negated = false;  // of all and any
    Filter term;
    std::vector<Logic> items;
};

enum class Direction { unset, asc, desc };
enum class Nulls { unset, first, last };

struct OrderTerm {
    std::string relation;  // order=relation(field); empty: of the row itself
    Field field;
    Direction direction = Direction::unset;
    Nulls nulls = Nulls::unset;
};

enum class Aggregate { none, sum, avg, count, max, min };
std::string_view aggregate_name(Aggregate aggregate);  // lower case
enum class Join { unset, left, inner };

struct SelectItem {
    enum class Kind { field, relation, spread };
    Kind kind = Kind::field;
    Field field;  // relation, spread: only its name, the target
    std::string alias;
    bool has_alias = false;
    // field
    std::optional<std::string> cast, aggregate_cast;
    Aggregate aggregate = Aggregate::none;
    // relation, spread
    std::optional<std::string> hint;
    Join join = Join::unset;
    std::vector<SelectItem> items;
};

using Path = std::vector<std::string>;  // of an embedded resource; empty: the root

// Rows first to last, both included, counted from 0. last < first: none.
struct Range {
    std::int64_t first = 0;
    std::optional<std::int64_t> last;

    bool all() const { return first == 0 && !last; }
    std::optional<std::int64_t> limit() const;
    bool operator==(const Range&) const = default;
};
Range intersection(const Range& a, const Range& b);
inline const Range no_rows{0, -1};  // limit=0, the only empty range that is allowed

template <class T>
struct At {
    Path path;
    T value;
};

struct QueryString {
    std::vector<Pair> pairs;  // as given, decoded
    std::vector<SelectItem> select;
    std::vector<At<Filter>> filters;
    std::vector<At<Logic>> logic;
    std::vector<At<std::vector<OrderTerm>>> order;
    std::map<std::string, Range> ranges;                         // by key: "limit", "relation.limit"
    std::vector<std::pair<std::string, std::string>> arguments;  // of a function that is read
    std::optional<std::vector<std::string>> columns, on_conflict;
    std::vector<std::string> filter_keys;  // of all keys that are filters, as written

    // is_call: a function called by GET or HEAD, whose arguments are keys without an operator in their value.
    // Throws ApiError PGRST100.
    static QueryString parse(std::string_view encoded, bool is_call);
};

// What follows "eq.", "neq.", "gt.", "gte.", "lt." or "lte.": a value that changes nothing of what is asked for.
std::optional<std::string_view> value_of_comparison(std::string_view text);
bool is_filter_key(std::string_view key);  // and not select, order, limit and the like

// Throws ApiError PGRST100; for keys like "relation.limit".
Path parse_path(std::string_view key);

}  // namespace fin::api::request
