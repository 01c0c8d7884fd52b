#include "api/response/target.hpp"

#include <algorithm>

#include "api/request/text.hpp"

namespace fin::api {

using request::QueryString;
using request::Range;

namespace {

// "a-b" or "a-"; anything else asks for all.
Range header_range(const Request& request) {
    const std::string text = request.header("range");
    const std::size_t dash = text.find('-');
    const auto digits = [](std::string_view part) {
        return part.size() < 19 && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (dash == std::string::npos || dash == 0) return {};
    const std::string first = text.substr(0, dash), last = text.substr(dash + 1);
    if (!digits(first) || !digits(last)) return {};
    Range range{std::stoll(first), std::nullopt};
    if (!last.empty()) range.last = std::stoll(last);
    return range;
}

bool is_empty(const Range& range) { return range.last && *range.last < range.first; }

}  // namespace

Resource resource_of(const std::string& path, const Config& config) {
    std::string_view rest = path;
    if (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
    if (rest.empty()) {
        if (config.openapi_mode == OpenApiMode::disabled)
            throw ApiError(404, "PGRST126", "Root endpoint metadata is disabled");
        if (config.db_root_spec.empty()) return {};
        return {Place::function, config.db_root_spec.substr(config.db_root_spec.find('.') + 1)};
    }
    const auto parts = request::split(rest, '/');
    if (parts.size() == 1) return {Place::relation, request::percent_decoded(parts[0], false)};
    if (parts.size() == 2 && parts[0] == "rpc") return {Place::function, request::percent_decoded(parts[1], false)};
    throw ApiError(404, "PGRST125", "Invalid path specified in request URL");
}

Action action_of(Place place, const std::string& method) {
    const bool reads = method == "GET" || method == "HEAD";
    if (place == Place::function) {
        if (reads || method == "POST") return Action::call;
        if (method == "OPTIONS") return Action::info;
        throw ApiError(405, "PGRST101", "Cannot use the " + method + " method on RPC");
    }
    if (method == "OPTIONS") return Action::info;
    if (place == Place::root && reads) return Action::inspect;
    if (place == Place::relation) {
        if (reads) return Action::read;
        if (method == "POST") return Action::insert;
        if (method == "PATCH") return Action::update;
        if (method == "PUT") return Action::put;
        if (method == "DELETE") return Action::remove;
    }
    throw ApiError(405, "PGRST117", "Unsupported HTTP method: " + method);
}

std::string schema_of(const Request& request, const Config& config, bool& show_profile) {
    const std::string& method = request.method;
    const bool writes = method == "POST" || method == "PATCH" || method == "PUT" || method == "DELETE";
    const std::string_view header = writes ? "content-profile" : "accept-profile";
    show_profile = config.db_schemas.size() != 1;
    if (!request.has_header(header)) return config.db_schemas.front();
    std::string wanted = request.header(header);
    if (std::find(config.db_schemas.begin(), config.db_schemas.end(), wanted) == config.db_schemas.end()) {
        std::string list;
        for (const std::string& schema : config.db_schemas) {
            if (!list.empty()) list += ", ";
            list += schema;
        }
        throw ApiError(406, "PGRST106", "Invalid schema: " + wanted, nullptr,
                       "Only the following schemas are exposed: " + list);
    }
    show_profile = true;
    return wanted;
}

std::map<std::string, Range> ranges_of(const Request& request, const QueryString& query) {
    auto ranges = query.ranges;
    const auto given = ranges.find("limit");
    const Range limit = given == ranges.end() ? Range{} : given->second;
    const Range header = request.method == "GET" ? header_range(request) : Range{};
    const Range both = limit.last == request::no_rows.last ? request::no_rows : intersection(header, limit);
    if (is_empty(both) && limit.last != request::no_rows.last)
        throw ApiError(416, "PGRST103", "Requested range not satisfiable",
                       is_empty(header)
                           ? "The lower boundary must be lower than or equal to the upper boundary in the Range header."
                           : "Limit should be greater than or equal to zero.");
    if (request.method == "PUT" && !both.all())
        throw ApiError(400, "PGRST114", "limit/offset querystring parameters are not allowed for PUT");
    ranges["limit"] = both;
    return ranges;
}

}  // namespace fin::api
