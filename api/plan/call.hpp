// A function that is called: which overload, and where each argument comes from.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "api/plan/tree.hpp"
#include "api/request/media_type.hpp"
#include "api/request/payload.hpp"

namespace fin::api::plan {

struct Argument {
    const schema::Parameter* parameter = nullptr;
    std::string value;                // where the arguments come one by one
    std::vector<std::string> values;  // of a variadic one
};

struct Call {
    const schema::Function* function = nullptr;
    std::vector<Argument> arguments;  // those that were given, in the function's order
    bool whole_body = false;          // one unnamed parameter takes the body as it is
    bool from_json = false;           // the arguments are members of the body
    request::Payload body;
};

bool returns_scalar(const schema::Function& function);  // a single value or a set of values, not rows
bool returns_one(const schema::Function& function);     // not a set

// names: of the arguments that were given, sorted. Throws ApiError (PGRST202, 203).
const schema::Function& choose_function(const schema::Cache& cache, const Name& name,
                                        const std::vector<std::string>& names, const request::MediaType& body_type,
                                        bool is_post);

// Arguments as pairs (query string or form): repeated ones are a variadic one's values, otherwise the last counts.
Call call_with_pairs(const schema::Function& function,
                     const std::vector<std::pair<std::string, std::string>>& arguments);
Call call_with_body(const schema::Function& function, request::Payload body);

}  // namespace fin::api::plan
