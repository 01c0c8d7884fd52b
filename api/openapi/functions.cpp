// Types, comments and functions in the OpenAPI document.
#include "api/openapi/parts.hpp"

namespace fin::api::openapi {

using schema::Function;
using schema::Parameter;

namespace {

std::string format_name(const std::string& type) {
    if (type == "smallint" || type == "integer") return "int32";
    return type == "bigint" ? "int64" : type;
}

std::string item_type(const std::string& array) { return array.substr(0, array.size() - 2); }

bool is_array(const std::string& type) { return type.ends_with("[]"); }

// As a query has it: an array that is not variadic is written {a,b}.
Json query_parameter(const Parameter& parameter) {
    Json result = {{"name", parameter.name}, {"required", parameter.required}, {"in", "query"}};
    const char* type = type_name(parameter.type);
    if (!parameter.variadic) {
        result["type"] = type && !is_array(parameter.type) ? type : "string";
        result["format"] = format_name(parameter.type);
        return result;
    }
    result["type"] = type ? type : "string";
    result["collectionFormat"] = "multi";
    if (!is_array(parameter.type)) return result;
    const std::string item = item_type(parameter.type);
    result["items"]["format"] = format_name(item);
    if (const char* inner = type_name(item)) result["items"]["type"] = inner;
    return result;
}

Json body(const Function& function) {
    Json arguments = {{"type", "object"}};
    if (!function.description.empty()) arguments["description"] = function.description;
    for (const auto& parameter : function.parameters) {
        Json property = Json::object();
        describe_type(property, parameter.type);
        arguments["properties"][parameter.name] = std::move(property);
        if (parameter.required) arguments["required"].push_back(parameter.name);
    }
    return {{"name", "args"}, {"required", true}, {"in", "body"}, {"schema", std::move(arguments)}};
}

}  // namespace

const char* type_name(const std::string& type) {
    if (type == "json" || type == "jsonb") return nullptr;
    if (type == "boolean") return "boolean";
    if (type == "smallint" || type == "integer" || type == "bigint") return "integer";
    if (type == "numeric" || type == "real" || type == "double precision") return "number";
    return is_array(type) ? "array" : "string";
}

void describe_type(Json& into, const std::string& type) {
    if (const char* name = type_name(type)) into["type"] = name;
    into["format"] = format_name(type);
    if (!is_array(type)) return;
    into["items"] = Json::object();
    if (const char* item = type_name(item_type(type))) into["items"]["type"] = item;
}

void describe(Json& operation, const std::string& comment) {
    if (comment.empty()) return;
    const std::size_t end = comment.find('\n');
    operation["summary"] = comment.substr(0, end);
    const std::size_t rest = comment.find_first_not_of('\n', end);
    if (end != std::string::npos && rest != std::string::npos) operation["description"] = comment.substr(rest);
}

Json function_path(const Function& function) {
    Json common = {
        {"tags", {"(rpc) " + function.name.name}},
        {"produces",
         {"application/json", "application/vnd.pgrst.object+json;nulls=stripped", "application/vnd.pgrst.object+json"}},
        {"responses", {{"200", {{"description", "OK"}}}}}};
    describe(common, function.description);
    Json path = Json::object();
    Json post = common;
    post["parameters"] = {body(function), reference("#/parameters/preferParams")};
    path["post"] = std::move(post);
    if (function.volatility == schema::Volatility::volatile_) return path;
    common["parameters"] = Json::array();
    for (const auto& parameter : function.parameters) common["parameters"].push_back(query_parameter(parameter));
    path["get"] = std::move(common);
    return path;
}

}  // namespace fin::api::openapi
