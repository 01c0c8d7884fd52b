// The parts of the OpenAPI document.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "api/schema/cache.hpp"

namespace fin::api::openapi {

using Json = nlohmann::json;

// "type", "items" and "format" of a column or an argument.
void describe_type(Json& into, const std::string& type);
const char* type_name(const std::string& type);  // nullptr: any JSON value

// The first line of a comment, and the rest without the empty lines before it.
void describe(Json& operation, const std::string& comment);
Json reference(const std::string& to);

Json definition(const schema::Relation& relation, const std::vector<schema::Relationship>* relationships);
Json relation_path(const schema::Relation& relation);
void add_common_parameters(Json& parameters);
void add_parameters(Json& parameters, const schema::Relation& relation);
Json function_path(const schema::Function& function);

}  // namespace fin::api::openapi
