// How many requests each user may send. Counted here at once; the database adds up what all servers counted, each
// second (fin.count_requests), so that a limit holds for all of them together, give or take what one second brings.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/auth/jwt.hpp"
#include "api/request/request.hpp"
#include "api/sql/statement.hpp"

namespace fin::api {

class Limits {
public:
    struct Verdict {
        bool allowed = true;
        std::int64_t limit = 0, remaining = 0;  // requests of the window that ends the sooner: the minute, or the hour
        std::int64_t reset = 0;                 // s until that window ends
    };

    // One more request of `who` at `now` (s since 1970). A refused one does not count. From any thread.
    Verdict take(const std::string& who, std::int64_t now);

    // What was counted since the last call, as fin.count_requests wants it; {} where nothing was. Those who asked
    // nothing for two minutes are forgotten here: the database knows the hour.
    std::string collect(std::int64_t now);
    // The answer to what collect() gave. Throws std::exception where it is none.
    void told(const std::string& answer);
    // What collect() gave did not arrive: it is given again.
    void not_told();

    std::size_t size() const;

private:
    struct Window {
        std::int64_t number = -1;             // minutes or hours since 1970
        std::int64_t known = 0, ours = 0;     // of all servers as the database said; counted here since then
        void enter(std::int64_t now_number);  // another window: from zero
        std::int64_t used() const { return known + ours; }
    };
    struct Entry {
        Window minute, hour;
        std::int64_t unsent = 0, sent = 0;  // of this minute; sent: not yet answered
        std::int64_t sent_minute = -1;
        std::int64_t per_minute = 1000, per_hour = 20000;  // until the database has said
        std::int64_t seen = 0;                             // when it asked last
    };
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
};

// "user:<sub>" of a token or of the owner of an API key, where key_owner names one; "address:<address>" without (of
// IPv6 the /64 network).
std::string requester(const Identity& identity, std::string_view address, const std::string& key_owner = {});

// RateLimit-Limit, -Remaining, -Reset (draft-ietf-httpapi-ratelimit-headers-03).
void add_limit_headers(Headers& headers, const Limits::Verdict& verdict);
// 429 with Retry-After.
ApiError too_many(const Limits::Verdict& verdict);

}  // namespace fin::api
