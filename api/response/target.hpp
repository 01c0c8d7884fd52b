// What a request is aimed at: the resource of its path, the action of its method, the schema of its profile, the rows
// of its limits and Range header.
#pragma once
#include <map>
#include <string>

#include "api/request/query.hpp"
#include "api/response/understand.hpp"

namespace fin::api {

enum class Place { root, relation, function };
struct Resource {
    Place place = Place::root;
    std::string name;
};

// Each throws ApiError.
Resource resource_of(const std::string& path, const Config& config);
Action action_of(Place place, const std::string& method);
// The schema a profile header asks for; the first one configured otherwise.
std::string schema_of(const Request& request, const Config& config, bool& show_profile);
// Limits of all levels; the root's, under "limit", cut by the Range header.
std::map<std::string, request::Range> ranges_of(const Request& request, const request::QueryString& query);

}  // namespace fin::api
