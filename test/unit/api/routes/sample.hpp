// A schema cache with a few functions, as the tests of routes need it.
#pragma once
#include "api/routes/table.hpp"

namespace fin::api::routes {

inline schema::Function function_of(const std::string& name, std::vector<schema::Parameter> parameters,
                                    const std::string& result = "jsonb") {
    schema::Function function;
    function.name = {"api", name};
    function.parameters = std::move(parameters);
    function.return_type = {"pg_catalog", result};
    function.returns_void = result == "void";
    return function;
}

inline schema::Parameter parameter_of(const std::string& name, const std::string& type, bool required = true) {
    schema::Parameter parameter;
    parameter.name = name;
    parameter.type = parameter.max_length_type = type;
    parameter.required = required;
    return parameter;
}

inline void add(schema::Cache& cache, schema::Function function) {
    const schema::Name name = function.name;
    cache.functions[name].push_back(std::move(function));
}

// method, path, function and kind; the rest as the table's defaults are.
inline std::vector<schema::Cell> row_of(const std::string& method, const std::string& path, const std::string& function,
                                        const std::string& kind = "call") {
    return {method, path, function, kind, "200", "f", "keyed", "summary"};
}

inline schema::Cache sample_cache() {
    schema::Cache cache;
    add(cache, function_of("report_list", {}));
    add(cache, function_of("report_get", {parameter_of("report_id", "uuid")}));
    add(cache, function_of("report_newest", {}));
    add(cache, function_of("report_rows", {parameter_of("report_id", "uuid"), parameter_of("row_no", "integer")}));
    add(cache, function_of("report_upload", {parameter_of("upload_id", "uuid"), parameter_of("filename", "text"),
                                             parameter_of("media_type", "text"), parameter_of("name", "text", false)}));
    add(cache,
        function_of("search", {parameter_of("report_id", "uuid"), parameter_of("wanted_text", "text", false),
                               parameter_of("tags", "text[]", false), parameter_of("amount", "numeric", false)}));
    add(cache, function_of("replace", {parameter_of("report_id", "uuid"), parameter_of("body", "jsonb")}));
    add(cache, function_of("says_text", {}, "text"));
    add(cache, function_of("nothing", {}, "void"));
    return cache;
}

}  // namespace fin::api::routes
