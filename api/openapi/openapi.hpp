// The OpenAPI 2.0 document at `/`: what of the schema cache a role may see, as PostgREST describes it.
#pragma once
#include <string>
#include <string_view>

#include "api/sql/statement.hpp"

namespace fin::api::openapi {

// The main query of a request to `/`, to be run under the request's role: one row in the words of Shape::single, whose
// body is what `document` needs. With openapi-mode=ignore-privileges it lists everything.
Query visible_query(const Context& context, std::string_view schema);

// The document, from the body of `visible_query`'s answer.
std::string document(const Context& context, std::string_view schema, const Answer& answer);

}  // namespace fin::api::openapi
