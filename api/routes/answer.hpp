// The database's answer to a routed call as a response: JSON as it came, or a file.
#pragma once
#include "api/routes/table.hpp"
#include "api/sql/statement.hpp"

namespace fin::api::routes {

// Of the request, what the answer depends on.
struct Asked {
    const Route* route = nullptr;
    bool head = false;
    std::string none_match;  // If-None-Match
};

// Throws ApiError.
Response answer_of(const Asked& asked, const Answer& answer);

// A strong entity tag: other bytes, another tag.
std::string entity_tag(std::string_view body);
bool tag_matches(std::string_view none_match, std::string_view tag);
// attachment; filename="..."; filename*=UTF-8''...
std::string content_disposition(std::string_view filename);

// response.headers and response.status, as a function sets them in its transaction. Throws ApiError PGRST111, 112.
void apply_settings(Response& response, const Answer& answer);

}  // namespace fin::api::routes
