// One request's transaction on one connection: sent as a pipeline, answered in one round trip.
#pragma once
#include <optional>
#include <string>

#include "api/database/connection.hpp"

namespace fin::api {

// Where a long answer goes while it is still being read. Both may suspend until the client has taken what it was given.
class Sink {
public:
    virtual ~Sink() = default;
    virtual Task<void> begin(Response response) = 0;
    virtual Task<void> write(const std::string& piece) = 0;
};

struct ExchangeFacts {
    std::uint64_t generation = 0;  // of the schema cache
    bool prepare = true;           // db-prepared-statements
    bool want_position = false;    // of the write-ahead log after COMMIT
    std::string application_name;  // of this transaction; empty: unchanged
};

struct Exchanged {
    Response response;      // of a streamed answer: empty, it went to the sink
    bool streamed = false;  // complete and committed; the last chunk is the caller's
    std::optional<std::uint64_t> position;
};

// Throws what `handling` throws, StatementFailed (rolled back, the connection is fit for use), ConnectionLost.
// An exception after Sink::begin leaves an answer cut off: the client's connection must be closed.
Task<Exchanged> exchange(Connection& connection, const Handling& handling, const ExchangeFacts& facts, Sink& sink);

// "16/B374D848" as a number.
std::optional<std::uint64_t> parse_position(const char* text);
// The bytes of bytea's hexadecimal text.
std::string decode_bytea(const char* text, std::size_t size);

}  // namespace fin::api
