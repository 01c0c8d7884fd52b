// INSERT, UPDATE, DELETE from a JSON body, and calls of functions.
#pragma once
#include "api/plan/call.hpp"
#include "api/plan/write.hpp"
#include "api/sql/writer.hpp"

namespace fin::api::sql {

void write_mutation(Writer& out, const plan::Write& write);
// The function's rows; a value is one column, pgrst_scalar.
void write_call(Writer& out, const plan::Call& call, const std::vector<std::string>& columns);

}  // namespace fin::api::sql
