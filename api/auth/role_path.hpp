// Where in a token's claims the role stands: a JSON path (RFC 9535, with search() as its only function), or the form of
// older PostgREST versions (.a."b"[0], with one comparison at the end: [?(@ == "x")]).
#pragma once
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace fin::api {

class RolePath {
public:
    // Throws std::invalid_argument.
    static RolePath parse(std::string_view text);
    bool is_outdated() const;
    // The first value found; nullptr: none. It lives as long as `claims`.
    const nlohmann::json* find(const nlohmann::json& claims) const;

private:
    struct Steps;
    std::shared_ptr<const Steps> steps_;
};

}  // namespace fin::api
