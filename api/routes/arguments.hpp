// The arguments of a routed function: from the path, the query string and the body, by name, planned as a call.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/plan/call.hpp"
#include "api/request/request.hpp"
#include "api/routes/table.hpp"

namespace fin::api::routes {

std::string snake_case(std::string_view name);  // "reportId" -> "report_id"
std::string camel_case(std::string_view name);

using Pairs = std::vector<std::pair<std::string, std::string>>;

// given: what the server itself says (upload_id ...), which no client may; fields: of a multipart body.
// read_body: the body holds arguments. Throws ApiError 400, 415.
plan::Call collect_arguments(const Match& match, const Request& request, bool read_body, const Pairs& fields,
                             const Pairs& given);

}  // namespace fin::api::routes
