#include "api/routes/openapi.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/request/text.hpp"
#include "api/routes/arguments.hpp"
#include "api/server/version.hpp"

namespace fin::api::routes {

namespace {

using json = nlohmann::ordered_json;

// What JSON holds of a PostgreSQL type, as it is sent and as the database writes it.
json schema_of(std::string type) {
    if (type.size() > 2 && type.compare(type.size() - 2, 2, "[]") == 0)
        return {{"type", "array"}, {"items", schema_of(type.substr(0, type.size() - 2))}};
    type = type.substr(0, type.find('('));
    if (type == "smallint" || type == "integer") return {{"type", "integer"}, {"format", "int32"}};
    if (type == "bigint") return {{"type", "integer"}, {"format", "int64"}};
    if (type == "numeric" || type == "real" || type == "double precision") return {{"type", "number"}};
    if (type == "boolean") return {{"type", "boolean"}};
    if (type == "json" || type == "jsonb") return json::object();
    if (type == "uuid") return {{"type", "string"}, {"format", "uuid"}};
    if (type == "date") return {{"type", "string"}, {"format", "date"}};
    if (type == "timestamp with time zone") return {{"type", "string"}, {"format", "date-time"}};
    return {{"type", "string"}};
}

std::string template_of(const Route& route) {
    std::string path;
    for (const Segment& segment : route.segments)
        path += segment.argument ? "/{" + camel_case(segment.text) + "}" : "/" + segment.text;
    return path;
}

// "getReportsReportId"
std::string operation_id(const Route& route) {
    std::string id = request::lower_case(route.method);
    for (const Segment& segment : route.segments) {
        std::string word = "_" + segment.text;
        std::replace(word.begin(), word.end(), '-', '_');
        id += camel_case(word);
    }
    return id;
}

bool in_path(const Route& route, const std::string& name) {
    return std::any_of(route.segments.begin(), route.segments.end(),
                       [&](const Segment& segment) { return segment.argument && segment.text == name; });
}

bool is_given(const Route& route, const std::string& name) {
    return route.kind == Kind::upload && (name == "upload_id" || name == "filename" || name == "media_type");
}

json parsed(const std::string& text) {
    json value = json::parse(text, nullptr, false);
    return value.is_discarded() ? json() : value;
}

// In an answer of the table a key that ends in a question mark may be null or absent.
bool is_optional(const std::string& key) { return !key.empty() && key.back() == '?'; }
std::string plain_key(const std::string& key) { return is_optional(key) ? key.substr(0, key.size() - 1) : key; }

json example_of(const json& answer) {
    if (answer.is_array()) {
        json out = json::array();
        for (const auto& element : answer) out.push_back(example_of(element));
        return out;
    }
    if (!answer.is_object()) return answer;
    json out = json::object();
    for (const auto& [key, value] : answer.items()) out[plain_key(key)] = example_of(value);
    return out;
}

json shape_of(const json& answer) {
    if (answer.is_boolean()) return {{"type", "boolean"}};
    if (answer.is_number()) return {{"type", "number"}};
    if (answer.is_string()) return {{"type", "string"}};
    if (answer.is_array())
        return {{"type", "array"}, {"items", answer.empty() ? json::object() : shape_of(answer.front())}};
    if (!answer.is_object()) return json::object();
    json properties = json::object(), required = json::array();
    for (const auto& [key, value] : answer.items()) {
        json shape = shape_of(value);
        if (!is_optional(key))
            required.push_back(key);
        else if (shape.contains("type"))
            shape["type"] = json::array({shape["type"], "null"});
        properties[plain_key(key)] = std::move(shape);
    }
    json out = {{"type", "object"}};
    if (!properties.empty()) out["properties"] = std::move(properties);
    if (!required.empty()) out["required"] = std::move(required);
    return out;
}

json content_of(const char* type, const json& answer) {
    json media = {{"schema", shape_of(answer)}};
    if (!answer.is_null()) media["example"] = example_of(answer);
    return {{type, media}};
}

json request_body(const Route& route, const json& example) {
    json properties = json::object(), required = json::array();
    json whole;
    for (const auto& parameter : route.function->parameters) {
        if (in_path(route, parameter.name) || is_given(route, parameter.name)) continue;
        if (parameter.name == "body") whole = schema_of(parameter.type);
        properties[camel_case(parameter.name)] = schema_of(parameter.type);
        if (parameter.required) required.push_back(camel_case(parameter.name));
    }
    const bool uploads = route.kind == Kind::upload;
    if (uploads) {
        properties["file"] = {{"type", "string"}, {"contentMediaType", "application/octet-stream"}};
        required.push_back("file");
    }
    if (properties.empty()) return nullptr;
    json object = {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
    if (!required.empty()) object["required"] = required;
    if (!whole.is_null()) object = whole;
    json media = {{"schema", object}};
    if (example.contains("body")) media["example"] = example["body"];
    if (uploads && example.contains("file")) media["example"]["file"] = example["file"];
    json body = {{"content", {{uploads ? "multipart/form-data" : "application/json", media}}}};
    if (uploads) body["content"]["application/octet-stream"] = json::object();
    if (!required.empty()) body["required"] = true;
    return body;
}

json parameters_of(const Route& route, bool asks, const json& example) {
    json out = json::array();
    const auto add = [&](const std::string& name, const char* place, bool required, json schema) {
        json parameter = {{"name", name}, {"in", place}, {"required", required}, {"schema", std::move(schema)}};
        if (example.contains(place) && example[place].contains(name)) parameter["example"] = example[place][name];
        out.push_back(std::move(parameter));
    };
    for (const auto& parameter : route.function->parameters) {
        const bool path = in_path(route, parameter.name);
        // The body of an upload may be the file alone; then its name is in the query.
        const bool name = route.kind == Kind::upload && parameter.name == "filename";
        if (!path && !asks && !name) continue;
        add(camel_case(parameter.name), path ? "path" : "query", path || (parameter.required && !name),
            schema_of(parameter.type));
    }
    if (route.method == "POST" && route.keyed)
        out.push_back({{"name", "Idempotency-Key"},
                       {"in", "header"},
                       {"required", false},
                       {"description", "The same request with the same key is done once and answered as then."},
                       {"schema", {{"type", "string"}, {"maxLength", 255}}}});
    return out;
}

json responses_of(const Route& route, const json& example) {
    const char* type = route.kind == Kind::file     ? "*/*"
                       : route.kind == Kind::events ? "text/event-stream"
                                                    : "application/json";
    const std::string done = route.summary.empty() ? "Done" : route.summary;
    json responses = json::object();
    if (route.function->returns_void || route.status == 204)
        responses["204"] = {{"description", done}};
    else if (route.kind != Kind::visit || !parsed(route.answer).is_null())
        responses[std::to_string(route.status)] = {{"description", done},
                                                   {"content", content_of(type, parsed(route.answer))}};
    if (example.contains("also"))
        for (const auto& [status, answer] : example["also"].items())
            responses[status] = {{"description", done}, {"content", content_of(type, answer)}};
    if (route.kind == Kind::visit)
        for (const char* status : {"302", "303"})
            responses[status] = {{"description", "Go on at the address in Location"}};
    if (route.cached) responses["304"] = {{"description", "As If-None-Match says"}};
    responses["default"] = {{"$ref", "#/components/responses/Error"}};
    return responses;
}

json operation_of(const Route& route) {
    const bool asks = route.method == "GET" || route.method == "DELETE";  // without a body
    json example = parsed(route.example);
    if (!example.is_object()) example = json::object();
    json operation = {{"operationId", operation_id(route)}};
    if (!route.summary.empty()) operation["summary"] = route.summary;
    if (!route.function->description.empty()) operation["description"] = route.function->description;
    json parameters = parameters_of(route, asks, example);
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    if (!asks) {
        json body = request_body(route, example);
        if (!body.is_null()) operation["requestBody"] = std::move(body);
    }
    operation["responses"] = responses_of(route, example);
    return operation;
}

}  // namespace

std::string openapi_document(const std::vector<Route>& routes) {
    json paths = json::object();
    for (const Route& route : routes)
        paths[template_of(route)][request::lower_case(route.method)] = operation_of(route);
    const json text = {{"type", "string"}};
    const json error = {
        {"type", "object"},
        {"required", {"code", "message"}},
        {"properties", {{"code", text}, {"message", text}, {"details", json::object()}, {"hint", json::object()}}}};
    const json document = {
        {"openapi", "3.1.0"},
        {"info", {{"title", "pg_fin"}, {"version", FIN_API_VERSION}}},
        {"security", json::array({json::object(), {{"bearer", json::array()}}, {{"cookie", json::array()}}})},
        {"paths", paths},
        {"components",
         {{"schemas", {{"Error", error}}},
          {"responses",
           {{"Error",
             {{"description", "What went wrong"},
              {"content", {{"application/json", {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}}}}}}},
          {"securitySchemes",
           {{"bearer",
             {{"type", "http"}, {"scheme", "bearer"}, {"description", "An access token, or an API key fin_..."}}},
            {"cookie", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "fin_access"}}}}}}}};
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace fin::api::routes
