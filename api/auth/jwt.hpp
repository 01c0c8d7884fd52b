// Who is asking: verifies a bearer token and reads the role.
#pragma once
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "api/config/config.hpp"
#include "api/request/request.hpp"

namespace fin::api {

struct Identity {
    std::string role;             // of the token, or the anonymous one
    bool anonymous = false;       // role is db-anon-role: 42501 answers 401
    std::string claims;           // JSON text of all claims; `role` is always there
    std::string key = {};         // an API key, which the database itself resolves into claims; empty: none
    std::string key_schema = {};  // where its function begin_with_key is
};

// Keys and cache of one configuration; safe to use from all threads.
class Authenticator {
public:
    explicit Authenticator(const Config& config);
    ~Authenticator();
    // now: seconds since 1970. Throws ApiError (PGRST300 to PGRST303).
    Identity identify(const Request& request, std::int64_t now) const;
    // Whether a page that knows this text has signed in to the session (claim sid) of the identity: fin_csrf_token().
    bool proves_session(const Identity& identity, std::string_view text) const;
    struct Counts {
        std::uint64_t requests, hits, evictions;
    };
    Counts cache_counts() const;

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace fin::api
