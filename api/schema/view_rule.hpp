// Where the columns of a view come from, read from its rule (pg_rewrite.ev_action, a printed parse tree).
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace fin::api::schema {

struct Origin {
    std::uint32_t relation = 0;  // 0: computed
    int column = 0;
    auto operator<=>(const Origin&) const = default;
};

// By the view's column number less one. Reads what PostgreSQL 10 and later print; empty where it does not understand:
// the view is then served without keys.
std::vector<Origin> view_origins(std::string_view rule);

}  // namespace fin::api::schema
