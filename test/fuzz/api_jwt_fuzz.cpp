// Any bytes as an Authorization header, a key and a role's path. Nothing but ApiError and invalid_argument may come
// out, no token is ever accepted, and what is refused is refused with 401.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "account/base64url.hpp"
#include "api/auth/jwt.hpp"
#include "api/auth/keys.hpp"
#include "api/auth/role_path.hpp"

using namespace fin::api;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

const Authenticator& authenticator() {
    static const Authenticator made([] {
        Config config;
        config.jwt_secret = "nobody who fuzzes can guess this one";
        config.db_anon_role = "anon";
        return config;
    }());
    return made;
}

void identify(const std::string& authorization) {
    constexpr std::int64_t now = 1'700'000'000;
    Request request;
    request.headers = {{"authorization", authorization}};
    try {
        demand(authenticator().identify(request, now).anonymous);
    } catch (const ApiError& error) {
        demand(error.status == 401);
    }
}

void follow(std::string_view path) {
    static const auto claims =
        nlohmann::json::parse(R"({"role":"a","r":["x","y",{"n":1,"m":[null,true,1.5,"z"]}],"o":{"p":{"q":"r"}}})");
    try {
        RolePath::parse(path).find(claims);
    } catch (const std::invalid_argument&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    identify(text);
    identify("Bearer " + text);
    // A header that may be read, so that what comes after it is.
    identify("Bearer eyJhbGciOiJIUzI1NiJ9." + text);
    follow(text);
    follow("$" + text);
    try {
        Keys::parse(text);
    } catch (const std::invalid_argument&) {
    }
    return 0;
}
