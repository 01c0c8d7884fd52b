#include "api/routes/arguments.hpp"

#include <algorithm>
#include <map>

#include "api/error.hpp"
#include "api/request/json_keys.hpp"
#include "api/request/media_type.hpp"
#include "api/request/text.hpp"
#include "api/routes/json_members.hpp"

namespace fin::api::routes {

namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

[[noreturn]] void refuse(std::string message, const std::string& details = {}) {
    throw ApiError(400, "FIN400", std::move(message), details.empty() ? nlohmann::json() : nlohmann::json(details));
}

bool is_array(const schema::Parameter& parameter) {
    return parameter.type.size() > 2 && parameter.type.compare(parameter.type.size() - 2, 2, "[]") == 0;
}

class Collector {
public:
    explicit Collector(const schema::Function& function) : function_(function) {}

    // A text: of the path, the query, a form.
    void add_text(const std::string& name, const std::string& value, const char* origin) {
        // A text ends at its first NUL on its way to the database: what was checked would not be what is used.
        if (value.find('\0') != std::string::npos) refuse("Argument " + name + " holds a NUL character");
        const schema::Parameter& parameter = demand(name, origin);
        std::string& json = values_[parameter.name].first;
        if (is_array(parameter) && !json.empty() && values_[parameter.name].second == origin) {
            json.back() = ',';
        } else {
            claim(parameter, origin);
            if (is_array(parameter)) json = "[";
        }
        request::append_json_string(json, value);
        if (is_array(parameter)) json += ']';
    }

    void add_json(const std::string& name, std::string_view json, const char* origin) {
        const schema::Parameter& parameter = demand(name, origin);
        claim(parameter, origin);
        values_[parameter.name].first = json;
    }

    bool knows(const std::string& name) const {
        const std::string snake = snake_case(name);
        return std::any_of(function_.parameters.begin(), function_.parameters.end(),
                           [&](const schema::Parameter& parameter) { return parameter.name == snake; });
    }

    void reserve(const std::string& name) { reserved_.push_back(name); }
    void give(const std::string& name, const std::string& value) {
        reserved_.erase(std::remove(reserved_.begin(), reserved_.end(), name), reserved_.end());
        add_text(name, value, "the server");
    }

    plan::Call call() && {
        std::string missing;
        request::Payload payload;
        payload.is_object = true;
        payload.text = "{";
        for (const schema::Parameter& parameter : function_.parameters) {
            const auto value = values_.find(parameter.name);
            if (value == values_.end()) {
                if (parameter.required) missing += (missing.empty() ? "" : ", ") + camel_case(parameter.name);
                continue;
            }
            payload.keys.push_back(parameter.name);
            if (payload.text.size() > 1) payload.text += ',';
            request::append_json_string(payload.text, parameter.name);
            payload.text += ':';
            payload.text += value->second.first;
        }
        if (!missing.empty()) refuse("Missing: " + missing);
        payload.text += '}';
        std::sort(payload.keys.begin(), payload.keys.end());
        plan::Call call = plan::call_with_body(function_, std::move(payload));
        call.whole_body = false;
        call.from_json = true;
        return call;
    }

private:
    const schema::Parameter& demand(const std::string& name, const char* origin) const {
        const std::string snake = snake_case(name);
        const auto& parameters = function_.parameters;
        const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const schema::Parameter& parameter) {
            return !parameter.name.empty() && parameter.name == snake;
        });
        const bool is_reserved = std::find(reserved_.begin(), reserved_.end(), snake) != reserved_.end();
        if (found == parameters.end() || is_reserved) {
            std::string known;
            for (const schema::Parameter& parameter : parameters)
                if (std::find(reserved_.begin(), reserved_.end(), parameter.name) == reserved_.end())
                    known += (known.empty() ? "" : ", ") + camel_case(parameter.name);
            refuse("Unknown argument " + name + " in " + origin, known.empty() ? "There are none." : "Known: " + known);
        }
        return *found;
    }

    void claim(const schema::Parameter& parameter, const char* origin) {
        auto& [json, from] = values_[parameter.name];
        if (!json.empty())
            refuse("Argument " + camel_case(parameter.name) + " is given twice",
                   from == origin ? "Both in " + from : "In " + from + " and in " + origin);
        from = origin;
    }

    const schema::Function& function_;
    std::map<std::string, std::pair<std::string, std::string>> values_;  // JSON and where it came from
    std::vector<std::string> reserved_;
};

void add_body(Collector& out, const schema::Function& function, const Request& request) {
    if (request.body.find_first_not_of(" \t\r\n") == std::string::npos) return;
    const std::string type = request.header("content-type");
    const std::string essence = request::lower_case(request::trimmed(std::string_view(type).substr(0, type.find(';'))));
    const auto& parameters = function.parameters;
    const bool whole = std::any_of(parameters.begin(), parameters.end(), [](const schema::Parameter& parameter) {
        return parameter.name == "body" && (parameter.type == "jsonb" || parameter.type == "json");
    });
    if (essence == "application/x-www-form-urlencoded" && !whole) {
        for (const request::Pair& pair : request::form_pairs(request.body))
            out.add_text(pair.key, pair.value, "the body");
        return;
    }
    if (!essence.empty() && essence != "application/json")
        throw ApiError(415, "FIN415", "The body must be application/json", "Content-Type is " + essence);
    const request::JsonShape shape = request::json_shape(request.body);
    if (!shape.valid) refuse("The body is no valid JSON");
    if (whole) {
        out.add_json("body", request::trimmed(request.body), "the body");
        return;
    }
    if (!shape.is_object) refuse("The body must be a JSON object");
    for (const auto& [name, value] : json_members(request.body)) out.add_json(name, value, "the body");
}

}  // namespace

std::string snake_case(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (is_upper(c)) {
            if (!out.empty()) out += '_';
            out += static_cast<char>(c - 'A' + 'a');
        } else {
            out += c;
        }
    }
    return out;
}

std::string camel_case(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '_' && i + 1 < name.size() && name[i + 1] >= 'a' && name[i + 1] <= 'z')
            out += static_cast<char>(name[++i] - 'a' + 'A');
        else
            out += name[i];
    }
    return out;
}

plan::Call collect_arguments(const Match& match, const Request& request, bool read_body, const Pairs& fields,
                             const Pairs& given) {
    const schema::Function& function = *match.route->function;
    Collector out(function);
    for (const auto& [name, value] : given) out.reserve(name);
    for (const auto& [name, value] : match.arguments) out.add_text(name, value, "the path");
    for (const request::Pair& pair : request::form_pairs(request.query)) {
        if (match.route->kind == Kind::upload && pair.key == "filename") continue;  // read where the body is
        // Somebody else writes the addresses that browsers are sent to, and adds what he likes.
        if (match.route->kind == Kind::visit && !out.knows(pair.key)) continue;
        out.add_text(pair.key, pair.value, "the query string");
    }
    for (const auto& [name, value] : fields) out.add_text(name, value, "the form");
    if (read_body) add_body(out, function, request);
    for (const auto& [name, value] : given) out.give(name, value);
    return std::move(out).call();
}

}  // namespace fin::api::routes
