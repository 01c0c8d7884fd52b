// A tree of resources as a SELECT.
#pragma once
#include "api/plan/tree.hpp"
#include "api/sql/writer.hpp"

namespace fin::api::sql {

// The rows of the write or call are a common table expression of this name.
constexpr std::string_view source_name = "pgrst_source";

void write_read(Writer& out, const plan::Node& node, const plan::Node* parent = nullptr);
// SELECT 1 FROM ... WHERE ..., without order and limits; inner resources become EXISTS.
void write_count(Writer& out, const plan::Node& node, const plan::Node* parent = nullptr);

// How rows of a relation are called in an expression: an alias, or schema and name.
struct Qualifier {
    schema::Name name;
};
void write_column(Writer& out, const Qualifier& table, const plan::Column& column);
void write_condition(Writer& out, const Qualifier& table, const plan::Condition& condition,
                     const plan::Node* node = nullptr);
void write_conditions(Writer& out, const Qualifier& table, const std::vector<plan::Condition>& conditions);

}  // namespace fin::api::sql
