// The schema cache as JSON for the admin port: what the server believes to be there.
#pragma once
#include <string>

#include "api/schema/cache.hpp"

namespace fin::api {

std::string schema_text(const schema::Cache& cache);

}  // namespace fin::api
