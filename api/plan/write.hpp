// An insert, update or delete, resolved against the schema.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/plan/tree.hpp"
#include "api/request/payload.hpp"
#include "api/request/preferences.hpp"

namespace fin::api::plan {

struct WrittenColumn {
    std::string name, type;     // type with its length, as the body's value is read
    std::string transform;      // of a data representation; empty: none
    std::string default_value;  // SQL text; empty: none
};

struct Write {
    enum class Kind { insert, update, put, remove };
    Kind kind = Kind::insert;
    const schema::Relation* table = nullptr;
    std::vector<WrittenColumn> columns;  // sorted by name
    request::Payload body;
    std::vector<Condition> where;        // which rows; of put: what the body must match
    std::vector<std::string> returning;  // {"*"}: all; empty: none
    std::vector<std::string> key;        // the primary key, in the order of the table's columns
    std::vector<std::string> conflict;   // columns of ON CONFLICT; empty: none
    std::optional<request::Resolution> resolution;
    bool use_defaults = false;  // absent keys take the columns' defaults
    bool counts_inserted() const { return kind == Kind::put || resolution == request::Resolution::merge_duplicates; }
};

std::vector<std::string> key_in_column_order(const schema::Relation& table);

// tree: of the representation. Throws ApiError (PGRST105, 204).
Write plan_write(Write::Kind kind, const schema::Cache& cache, const schema::Relation& table,
                 const request::QueryString& query, const request::Preferences& preferences, request::Payload body,
                 const Node& tree);

}  // namespace fin::api::plan
