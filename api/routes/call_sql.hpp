// The main query of a routed call, in the words of Shape::single.
#pragma once
#include "api/plan/call.hpp"
#include "api/routes/table.hpp"
#include "api/sql/statement.hpp"

namespace fin::api::routes {

// What a repeated POST is known by; hash: of its body.
struct Repeat {
    std::string key, method, path, hash;
};

Query call_query(plan::Call& call, Kind kind);
// The function is called where the key is new; otherwise its answer is repeated, and Answer::location says so.
// schema: where repeat_begin and repeat_end are.
Query keyed_call_query(plan::Call& call, const Repeat& repeat, const std::string& schema, int status);

}  // namespace fin::api::routes
