// Which answer is which: the order of load_queries().
#pragma once
#include <cstddef>

namespace fin::api::schema {

enum class Answered : std::size_t {
    search_path,
    server,
    relations,
    columns,
    types,
    enum_labels,
    identities,
    comments,
    constraints,
    rules,
    functions,
    row_functions,
    media_aggregates,
    casts,
    role_settings,
    schemas,
    count
};

}  // namespace fin::api::schema
