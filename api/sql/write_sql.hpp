// INSERT, UPDATE, DELETE from a JSON body, and calls of functions.
#pragma once
#include "api/plan/call.hpp"
#include "api/plan/write.hpp"
#include "api/sql/writer.hpp"

namespace fin::api::sql {

// The body is taken out of `write` and `call`: it may be large.
void write_mutation(Writer& out, plan::Write& write);
// The function's rows; a value is one column, pgrst_scalar.
void write_call(Writer& out, plan::Call& call, const std::vector<std::string>& columns);

}  // namespace fin::api::sql
