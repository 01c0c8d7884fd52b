// In which media type the answer is made, and by what.
#pragma once
#include <optional>

#include "api/plan/call.hpp"
#include "api/request/media_type.hpp"

namespace fin::api::plan {

struct Handler {
    enum class Kind { json, json_stripped, object, object_stripped, csv, geojson, aggregate, scalar, none };
    Kind kind = Kind::json;
    Name function;                 // aggregate: its function
    std::optional<Name> relation;  // aggregate: the row type it takes; absent: any
    request::MediaType media_type;
};

struct Wish {
    Name rows;                                   // what the rows are: a relation, or the function's name
    const schema::Function* function = nullptr;  // that is called
    bool default_select = false;                 // handlers of a relation's rows take whole rows only
    bool no_body = false;                        // HEAD, or a write without representation
    bool plans_enabled = false;
};

// The first of the accepted types that can be made. Throws ApiError PGRST107.
Handler choose_handler(const schema::Cache& cache, const std::vector<request::MediaType>& accepted, const Wish& wish);

}  // namespace fin::api::plan
