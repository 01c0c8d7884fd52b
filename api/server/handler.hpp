// From a request to its answer: who asks, what is asked, which database, what if that fails.
#pragma once
#include <functional>
#include <string>

#include "api/database/exchange.hpp"
#include "api/database/pool.hpp"
#include "api/database/replica.hpp"
#include "api/server/key_owners.hpp"
#include "api/server/limits.hpp"
#include "api/server/worker.hpp"

namespace fin::api {

class EventHub;

// The databases behind the server, shared by all io threads.
struct Databases {
    Pool& primary;
    Pool* replica = nullptr;
    std::atomic<bool>* replica_usable = nullptr;
    Writers* writers = nullptr;
    Limits* limits = nullptr;             // null: there are none
    KeyOwners* key_owners = nullptr;      // with limits
    std::chrono::seconds cache_retry{1};  // told to clients before the first schema cache
    EventHub* events = nullptr;
};

// The client went away while its answer was being sent.
struct ClientGone : std::exception {
    const char* what() const noexcept override { return "the client has gone"; }
};
// The answer failed after its beginning was sent.
struct CutOff : std::exception {
    const char* what() const noexcept override { return "the answer was cut off"; }
};

class StreamSink : public Sink {
public:
    bool begun = false;
    std::function<void(Headers&)> at_begin;  // adds to the head of a streamed answer; empty: nothing to add
};

struct Handled {
    Response response;
    bool streamed = false;  // all but the end has been sent
    std::string role;
    double database_seconds = 0, wait_seconds = 0;
    bool replica = false;
};

// Throws ClientGone, CutOff; everything else becomes a response.
Task<Handled> handle(Worker& worker, Client& client, const Request& request, const Databases& databases,
                     StreamSink& sink);

// Whose writes a later read must see: the role and the token's subject (all claims where it has none), or the
// address where there is no token. Clients keep no cookie for it, and a refreshed token is the same person.
std::string writer_of(const Identity& identity, std::string_view address);
// Whether a read that failed on the standby may succeed on the primary.
bool fails_on_standby_only(std::string_view sqlstate);

}  // namespace fin::api
