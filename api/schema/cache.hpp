// What the served database looks like: relations, relationships, functions, media handlers. Immutable once loaded;
// requests hold it by shared_ptr, so a reload never waits for them nor they for it.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace fin::api::routes {
class Table;
}

namespace fin::api::schema {

struct Name {
    std::string schema, name;
    auto operator<=>(const Name&) const = default;
};

struct Column {
    std::string name, description;
    std::string type;          // as format_type says, without length; of a domain over a built-in type: that type
    std::string nominal_type;  // with length: "character varying(20)"
    std::string base_type;     // beneath domains
    bool nullable = true;
    std::optional<std::int32_t> max_length;
    std::string default_value;  // SQL text; empty: none
    bool generated = false;     // identity or generated
    std::vector<std::string> enum_labels;
    bool is_json = false, is_composite = false, is_array = false, is_tsvector = false;
};

struct Relation {
    Name name;
    std::string description;
    bool is_view = false, insertable = false, updatable = false, deletable = false;
    std::vector<Column> columns;           // in order
    std::vector<std::string> primary_key;  // of a view: what its base table's key maps to
    const Column* column(std::string_view name) const;
};

enum class Cardinality { many_to_one, one_to_many, one_to_one, many_to_many };

// One way to embed `foreign` into `table`. As seen from `table`; both directions are in the cache.
struct Relationship {
    Name table, foreign;
    Cardinality cardinality = Cardinality::many_to_one;
    bool is_self = false;
    bool is_parent_side = false;                               // one_to_one: the foreign key is on `foreign`
    std::string constraint;                                    // name of the foreign key (many_to_many: first)
    std::vector<std::pair<std::string, std::string>> columns;  // table's, foreign's
    // many_to_many
    Name junction;
    std::string constraint2;
    std::vector<std::pair<std::string, std::string>> table_to_junction, junction_to_foreign;
    bool table_is_view = false, foreign_is_view = false;
    // computed: a function from a row of `table` to rows of `foreign`
    std::optional<Name> function;
    bool to_one() const { return cardinality == Cardinality::many_to_one || cardinality == Cardinality::one_to_one; }
};

struct Parameter {
    std::string name, type;  // type with length where it has one
    std::string max_length_type;
    bool required = true, variadic = false;
};

enum class Volatility { immutable, stable, volatile_ };

struct Function {
    Name name;
    std::string description;
    std::vector<Parameter> parameters;  // in order, inputs only
    bool has_variadic = false;
    Volatility volatility = Volatility::volatile_;
    bool returns_set = false, returns_void = false, returns_composite = false, returns_record = false;
    bool single_out = false;                      // one OUT parameter: a row of one column named like it
    Name return_type;                             // of the row or the scalar
    bool return_is_relation = false;              // rows of a table or view: it can be embedded and filtered as that
    std::string media_type;                       // the return type is a domain named as a media type
    std::map<std::string, std::string> settings;  // SET clauses to be hoisted
    std::optional<std::string> isolation;
};

struct MediaHandler {
    std::string media_type;        // "*/*" takes all
    Name function;                 // aggregate, or a scalar function whose result has that type
    std::optional<Name> relation;  // absent: anyelement
    bool is_aggregate = true;
    std::string argument_type;
};

struct Representation {  // casts that act as data representations of a domain
    std::string source_type, target_type, function;
};

struct RoleSettings {
    std::map<std::string, std::string> settings;
    std::string isolation;  // empty: default
};

struct Cache {
    std::map<Name, Relation> relations;
    std::map<Name, std::vector<Relationship>> relationships;  // by table
    std::map<Name, std::vector<Function>> functions;          // overloads
    // Functions of one row type usable as columns: (relation, function) -> result type.
    std::map<std::pair<Name, std::string>, std::string> computed_columns;
    std::vector<MediaHandler> handlers;
    std::vector<Representation> representations;
    std::map<std::string, RoleSettings> roles;
    std::map<std::string, std::string> schema_descriptions;
    int server_version = 0;  // 150018
    bool has_postgis = false;
    std::shared_ptr<const routes::Table> routes;  // null: fin-routes is not set
    std::uint64_t generation = 0;  // grows with each load: prepared statements of older ones are not used again

    const Relation* relation(std::string_view schema, std::string_view name) const;
    // Nearest names for a hint; nullopt where nothing is near (PostgREST's fuzzy set, 0.75) or there are too many.
    std::optional<std::string> nearest_relation(std::string_view schema, std::string_view name) const;
    std::optional<std::string> nearest_function(std::string_view schema, std::string_view name) const;
    // The overload whose parameters are nearest (0.33), as "(a, b)" in alphabetical order.
    std::optional<std::string> nearest_parameters(std::string_view schema, std::string_view function,
                                                  std::vector<std::string> given) const;
    // PGRST200's hint: "Perhaps you meant 'films' instead of 'film'."
    std::optional<std::string> relationship_hint(std::string_view schema, std::string_view parent,
                                                 std::string_view child) const;
};

using CachePtr = std::shared_ptr<const Cache>;

// The queries that read it, in order; run in one read-only repeatable-read transaction as the authenticator. The first
// empties search_path until the end of the transaction, so that every name comes out qualified.
// Answers are text cells (nullopt: NULL), one Rows per query. Views' keys come from pg_rewrite.
struct LoadQuery {
    std::string_view name;
    std::string text;
    std::vector<std::string> parameters;
};
using Cell = std::optional<std::string>;
using Rows = std::vector<std::vector<Cell>>;
std::vector<LoadQuery> load_queries(const std::vector<std::string>& schemas,
                                    const std::vector<std::string>& extra_search_path,
                                    const std::vector<std::string>& hoisted_settings, int server_version = 150000);
// Takes the answers, so that they are gone when it returns. Throws std::invalid_argument when they do not fit.
std::shared_ptr<Cache> assemble(std::vector<Rows> answers, std::uint64_t generation);

}  // namespace fin::api::schema
