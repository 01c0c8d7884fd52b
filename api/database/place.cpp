#include "api/database/place.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace fin::api {

namespace {

bool is_local(std::string_view host) {
    // No name: libpq's own default, a socket. @: a socket without a file.
    return host.empty() || host[0] == '/' || host[0] == '@' || host == "localhost" || host == "::1" ||
           host.starts_with("127.");
}

}  // namespace

bool on_this_machine(const std::string& connection) {
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(connection.c_str(), nullptr), &PQconninfoFree);
    if (options == nullptr) return false;
    std::string hosts;
    bool named = false;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        const std::string_view keyword = option->keyword;
        if ((keyword != "host" && keyword != "hostaddr") || option->val == nullptr) continue;
        if (keyword == "hostaddr" || !named) hosts = option->val;  // the address is what is connected to
        named = true;
    }
    if (!named)
        if (const char* given = std::getenv("PGHOST")) hosts = given;
    for (std::string_view rest = hosts;;) {
        const auto comma = rest.find(',');
        if (!is_local(rest.substr(0, comma))) return false;
        if (comma == std::string_view::npos) return true;
        rest.remove_prefix(comma + 1);
    }
}

}  // namespace fin::api
