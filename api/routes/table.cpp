#include "api/routes/table.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "api/request/text.hpp"
#include "api/routes/openapi.hpp"
#include "api/sql/writer.hpp"

namespace fin::api::routes {

namespace {

constexpr std::string_view document_path = "/openapi.json";
constexpr std::array<std::string_view, 5> methods = {"GET", "POST", "PUT", "PATCH", "DELETE"};

std::vector<Segment> segments_of(std::string_view path) {
    std::vector<Segment> segments;
    for (const std::string_view part : request::split(path.substr(1), '/')) {
        const bool argument = !part.empty() && part.front() == ':';
        segments.push_back({std::string(part.substr(argument ? 1 : 0)), argument});
    }
    return segments;
}

// Arguments sort behind fixed segments at the first place where two routes differ.
bool comes_before(const Route& a, const Route& b) {
    if (a.segments.size() != b.segments.size()) return a.segments.size() < b.segments.size();
    for (std::size_t i = 0; i < a.segments.size(); ++i)
        if (a.segments[i].argument != b.segments[i].argument) return b.segments[i].argument;
    return false;
}

bool same_shape(const Route& a, const Route& b) {
    return a.segments.size() == b.segments.size() &&
           std::equal(a.segments.begin(), a.segments.end(), b.segments.begin(), [](const Segment& x, const Segment& y) {
               return x.argument == y.argument && (x.argument || x.text == y.text);
           });
}

bool fits(const Route& route, const std::vector<std::string_view>& parts) {
    if (route.segments.size() != parts.size()) return false;
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (route.segments[i].argument ? parts[i].empty() : route.segments[i].text != parts[i]) return false;
    return true;
}

bool has_parameter(const schema::Function& function, std::string_view name) {
    return std::any_of(function.parameters.begin(), function.parameters.end(),
                       [&](const schema::Parameter& parameter) { return parameter.name == name; });
}

const std::string& cell(const std::vector<schema::Cell>& row, std::size_t column) {
    static const std::string nothing;
    return column < row.size() && row[column] ? *row[column] : nothing;
}

// Why the route cannot be served; empty: it can.
std::string read_route(const std::vector<schema::Cell>& row, const schema::Cache& cache, Route& route) {
    route.method = cell(row, 0);
    route.path = cell(row, 1);
    const std::string &name = cell(row, 2), &kind = cell(row, 3);
    if (std::find(methods.begin(), methods.end(), route.method) == methods.end()) return "its method is not served";
    if (route.path.size() < 2 || route.path.front() != '/') return "its path is none";
    route.segments = segments_of(route.path);
    if (kind == "call")
        route.kind = Kind::call;
    else if (kind == "upload")
        route.kind = Kind::upload;
    else if (kind == "events")
        route.kind = Kind::events;
    else if (kind == "file")
        route.kind = Kind::file;
    else if (kind == "visit")
        route.kind = Kind::visit;
    else
        return "its kind " + kind + " is unknown";
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) return "its function has no schema";
    const auto found = cache.functions.find(schema::Name{name.substr(0, dot), name.substr(dot + 1)});
    if (found == cache.functions.end()) return "there is no function " + name + " in the served schemas";
    if (found->second.size() != 1) return "function " + name + " is overloaded";
    route.function = &found->second.front();
    const schema::Function& function = *route.function;
    if (route.kind == Kind::upload) {
        if (route.method == "GET" || route.method == "DELETE") return "uploads are sent by POST, PUT or PATCH";
        for (const char* wanted : {"upload_id", "filename", "media_type"})
            if (!has_parameter(function, wanted)) return "function " + name + " has no parameter " + wanted;
    }
    if (route.kind == Kind::events && route.method != "GET") return "events are asked for by GET";
    if (route.kind == Kind::visit && route.method != "GET") return "browsers visit by GET";
    if (route.kind == Kind::file) {
        if (!function.returns_composite) return "function " + name + " returns no media_type, filename and content";
    } else {
        const schema::Name& type = function.return_type;
        const bool json = !function.returns_set && !function.returns_composite && type.schema == "pg_catalog" &&
                          (type.name == "jsonb" || type.name == "json" || function.returns_void);
        if (!json) return "function " + name + " does not return jsonb";
    }
    for (const Segment& segment : route.segments)
        if (segment.argument && !has_parameter(function, segment.text))
            return "function " + name + " has no parameter " + segment.text;
    const std::string& status = cell(row, 4);
    route.status = status.size() == 3 && status[0] == '2' ? std::stoi(status) : 200;
    route.cached = cell(row, 5) == "t";
    route.keyed = cell(row, 6) == "keyed";
    route.summary = cell(row, 7);
    route.example = cell(row, 8);
    route.answer = cell(row, 9);
    return {};
}

}  // namespace

Table::Table(const schema::Rows& rows, const schema::Cache& cache, std::string schema,
             std::vector<std::string>& left_out)
    : schema_(std::move(schema)) {
    for (const auto& row : rows) {
        Route route;
        std::string fault = read_route(row, cache, route);
        const auto twin = std::find_if(routes_.begin(), routes_.end(), [&](const Route& other) {
            return other.method == route.method && same_shape(other, route);
        });
        if (fault.empty() && twin != routes_.end()) fault = "it is the same as " + twin->path;
        if (fault.empty())
            routes_.push_back(std::move(route));
        else
            left_out.push_back("route " + route.method + " " + route.path + " is left out: " + fault);
    }
    std::stable_sort(routes_.begin(), routes_.end(), comes_before);
    document_ = openapi_document(routes_);
}

Match Table::find(std::string_view method, std::string_view path) const {
    Match match;
    if (path.size() < 2 || path.front() != '/') return match;
    const std::vector<std::string_view> raw = request::split(path.substr(1), '/');
    std::vector<std::string> decoded;
    decoded.reserve(raw.size());  // the views below point into it
    for (const std::string_view part : raw) decoded.push_back(request::percent_decoded(part, false));
    const std::vector<std::string_view> parts(decoded.begin(), decoded.end());
    const std::string_view wanted = method == "HEAD" ? std::string_view("GET") : method;
    const Route* nearest = nullptr;
    for (const Route& route : routes_) {
        if (!fits(route, parts)) continue;
        // The most exact pattern decides which methods its address has.
        if (nearest != nullptr && !same_shape(*nearest, route)) break;
        nearest = &route;
        match.allow += (match.allow.empty() ? "" : ", ") + route.method;
        // What a browser visits may change something, which asking for the head alone must not.
        const bool has_head = route.kind != Kind::visit;
        if (route.method == "GET" && has_head) match.allow += ", HEAD";
        if (route.method == wanted && (has_head || method != "HEAD")) match.route = &route;
    }
    if (nearest != nullptr) match.allow += ", OPTIONS";
    if (nearest == nullptr && path == document_path) {
        match.allow = "GET, HEAD, OPTIONS";
        match.document = wanted == "GET";
    }
    if (match.route == nullptr) return match;
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (match.route->segments[i].argument) match.arguments.emplace_back(match.route->segments[i].text, decoded[i]);
    return match;
}

schema::Name table_name(const std::string& name) {
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == name.size())
        throw std::invalid_argument("fin-routes must name a schema and a table, such as fin.routes");
    return {name.substr(0, dot), name.substr(dot + 1)};
}

std::string table_query(const schema::Name& name) {
    sql::Writer out;
    // Not every table of routes has the last two.
    out << "SELECT method, path, function, kind, status, cached, repeats, summary, to_jsonb(r) -> 'example', "
           "to_jsonb(r) -> 'answer' FROM "
        << name << " AS r ORDER BY path COLLATE \"C\", method COLLATE \"C\"";
    return out.take().text;
}

}  // namespace fin::api::routes
