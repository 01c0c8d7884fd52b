#include "api/plan/call.hpp"

#include <algorithm>

#include "api/error.hpp"
#include "api/schema/nearest.hpp"

namespace fin::api::plan {

namespace {

using request::MediaType;
using schema::Function;
using Kind = MediaType::Kind;

bool has_one_unnamed(const Function& function) {
    return function.parameters.size() == 1 && function.parameters[0].name.empty();
}

bool takes_body(const Function& function, const MediaType& type) {
    if (!has_one_unnamed(function)) return false;
    const std::string& parameter = function.parameters[0].type;
    switch (type.kind) {
        case Kind::json: return parameter == "json" || parameter == "jsonb";
        case Kind::plain: return parameter == "text";
        case Kind::xml: return parameter == "xml";
        case Kind::octets: return parameter == "bytea";
        default: return false;
    }
}

bool is_raw(const MediaType& type) {
    return type.kind == Kind::plain || type.kind == Kind::xml || type.kind == Kind::octets;
}

// The names given are among the function's, and all required ones are there.
bool takes_names(const Function& function, const std::vector<std::string>& names, const MediaType& type, bool is_post) {
    if (function.parameters.empty()) return names.empty() && !(is_post && is_raw(type));
    for (const std::string& name : names)
        if (std::none_of(function.parameters.begin(), function.parameters.end(),
                         [&](const schema::Parameter& parameter) { return parameter.name == name; }))
            return false;
    return std::all_of(function.parameters.begin(), function.parameters.end(), [&](const schema::Parameter& parameter) {
        return !parameter.required || std::binary_search(names.begin(), names.end(), parameter.name);
    });
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        if (!out.empty()) out += ", ";
        out += name;
    }
    return out;
}

nlohmann::json advice(const schema::Cache& cache, const Name& name, const std::vector<std::string>& names,
                      const std::vector<Function>* overloads) {
    const std::string start = "Perhaps you meant to call the function " + name.schema + ".";
    if (!overloads) {
        const auto near = cache.nearest_function(name.schema, name.name);
        return near ? nlohmann::json(start + *near) : nlohmann::json();
    }
    std::vector<std::string> lists;
    for (const Function& function : *overloads) {
        std::vector<std::string> parameters;
        for (const schema::Parameter& parameter : function.parameters) parameters.push_back(parameter.name);
        std::sort(parameters.begin(), parameters.end());
        lists.push_back("(" + joined(parameters) + ")");
    }
    const auto near = schema::nearest(lists, "(" + joined(names) + ")", 0.33);
    return near.empty() ? nlohmann::json() : nlohmann::json(start + name.name + near.front().name);
}

[[noreturn]] void none_found(const schema::Cache& cache, const Name& name, const std::vector<std::string>& names,
                             const MediaType& type, bool is_post, const std::vector<Function>* overloads) {
    const std::string function = name.schema + "." + name.name;
    const std::string list = joined(names);
    const bool raw = is_post && is_raw(type);
    std::string message = "Could not find the function " + function;
    if (!raw) message += names.empty() ? " without parameters" : "(" + list + ")";
    const std::string with =
        names.empty() ? " without parameters" : std::string(" with parameter") + (names.size() > 1 ? "s " : " ") + list;
    std::string details = "Searched for the function " + function;
    if (is_post && type.kind == Kind::plain)
        details += " with a single unnamed text parameter";
    else if (is_post && type.kind == Kind::xml)
        details += " with a single unnamed xml parameter";
    else if (is_post && type.kind == Kind::octets)
        details += " with a single unnamed bytea parameter";
    else if (is_post && type.kind == Kind::json)
        details += with + " or with a single unnamed json/jsonb parameter";
    else
        details += with;
    throw ApiError(404, "PGRST202", message + " in the schema cache",
                   details + ", but no matches were found in the schema cache.",
                   raw ? nlohmann::json() : advice(cache, name, names, overloads));
}

[[noreturn]] void several_found(const std::vector<const Function*>& candidates) {
    std::string list;
    for (const Function* function : candidates) {
        if (!list.empty()) list += ", ";
        list += function->name.schema + "." + function->name.name + "(";
        for (std::size_t i = 0; i < function->parameters.size(); ++i) {
            if (i > 0) list += ", ";
            list += function->parameters[i].name + " => " + function->parameters[i].type;
        }
        list += ")";
    }
    throw ApiError(300, "PGRST203", "Could not choose the best candidate function between: " + list, nullptr,
                   "Try renaming the parameters or the function itself in the database so function overloading can be "
                   "resolved");
}

}  // namespace

bool returns_scalar(const Function& function) { return !function.returns_composite; }
bool returns_one(const Function& function) { return !function.returns_set; }

const Function& choose_function(const schema::Cache& cache, const Name& name, const std::vector<std::string>& names,
                                const MediaType& type, bool is_post) {
    const auto found = cache.functions.find(name);
    const std::vector<Function>* overloads = found == cache.functions.end() ? nullptr : &found->second;
    std::vector<const Function*> by_names, by_body;
    if (overloads)
        for (const Function& function : *overloads) {
            if (takes_names(function, names, type, is_post) && !has_one_unnamed(function))
                by_names.push_back(&function);
            else if (is_post && takes_body(function, type))
                by_body.push_back(&function);
        }
    const auto& candidates = by_names.empty() ? by_body : by_names;
    if (candidates.empty()) none_found(cache, name, names, type, is_post, overloads);
    if (candidates.size() > 1) several_found(candidates);
    return *candidates.front();
}

Call call_with_pairs(const Function& function, const std::vector<std::pair<std::string, std::string>>& arguments) {
    Call call;
    call.function = &function;
    for (const schema::Parameter& parameter : function.parameters) {
        Argument argument;
        argument.parameter = &parameter;
        bool given = false;
        for (const auto& [name, value] : arguments) {
            if (name != parameter.name) continue;
            given = true;
            argument.value = value;
            if (parameter.variadic) argument.values.push_back(value);
        }
        if (given) call.arguments.push_back(std::move(argument));
    }
    return call;
}

Call call_with_body(const Function& function, request::Payload body) {
    Call call;
    call.function = &function;
    call.whole_body = has_one_unnamed(function);
    call.from_json = !call.whole_body;
    for (const schema::Parameter& parameter : function.parameters)
        if (std::binary_search(body.keys.begin(), body.keys.end(), parameter.name)) {
            Argument argument;
            argument.parameter = &parameter;
            call.arguments.push_back(std::move(argument));
        }
    call.body = std::move(body);
    return call;
}

}  // namespace fin::api::plan
