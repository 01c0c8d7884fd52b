// What one request asks of the database: settings, the statement, and how its answer becomes a response.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/auth/jwt.hpp"
#include "api/config/config.hpp"
#include "api/request/request.hpp"
#include "api/schema/cache.hpp"

namespace fin::api {

class CopySource;
class Shapes;

struct Query {
    std::string text;                                    // $1 ...; never holds a value the user typed
    std::vector<std::optional<std::string>> parameters;  // text format, types left to PostgreSQL
    // Parameters that are the value of a comparison in the query string: which parameter, which pair (Filter::pair).
    std::vector<std::pair<std::size_t, std::size_t>> compared = {};
};

// How rows of the main query are to be read.
enum class Shape {
    // One row: page_total int8, total int8 or null, body text, json or bytea (by PQftype), location text (querystring
    // of the row or null),
    // response_headers text or null, response_status text or null, inserted int8 or null.
    single,
    // The same columns in the first row with body null, then rows whose first column is a piece of the body (already
    // with its separators), so that a long answer passes through without being held. The first column is of type text.
    stream,
    plan,  // EXPLAIN: rows of one text column; joined by newlines, each ended by one, they are Answer::body
    none,  // no statement: the response is complete (OPTIONS, OpenAPI)
};

enum class Access { read_only, read_write };

// Everything the connection sends in one round trip: BEGIN <mode>, settings (one select set_config(...)), pre-request,
// the main query, COMMIT or ROLLBACK. A reading without wishes needs neither BEGIN nor COMMIT: what stands before a
// pipeline's Sync is one transaction, and its settings make it read-only.
struct Transaction {
    Access access = Access::read_only;
    std::string isolation;  // empty: default
    Query settings;         // select set_config($1, $2, true) ...; its text depends on the number of settings only.
                            // Of a reading it makes the transaction read-only by itself.
    std::optional<Query> pre_request;
    Query main;
    Shape shape = Shape::single;
    std::optional<Query> after;  // after main: SET CONSTRAINTS ALL IMMEDIATE where the transaction is rolled back
    // `respond` may refuse the answer of this one and the writes must not stay: COMMIT is sent after `respond`
    // returned. Otherwise COMMIT may travel in the same round trip.
    bool respond_before_commit = false;
    std::optional<Query> count;             // count=planned/estimated: EXPLAIN (FORMAT JSON) of the count query
    bool roll_back = false;                 // tx=rollback, or db-tx-end
    bool may_use_replica = false;           // read-only by method and no client state asks for the primary
    std::shared_ptr<CopySource> copy = {};  // comes before main; null: none. See api/database/copy.hpp
};

// What the database said, in the words of Shape::single.
struct Answer {
    std::int64_t page_total = 0;
    std::optional<std::int64_t> total;
    std::optional<std::string> body, location, response_headers, response_status;
    std::optional<std::int64_t> inserted;
    std::optional<std::string> explain;  // of Transaction::count
};

struct Response {
    int status = 200;
    std::string reason;  // empty: the usual one
    Headers headers;     // without Date, Content-Length, Transfer-Encoding, CORS: the server adds them
    std::string body;
    bool has_body = true;  // false: HEAD, 204, 304
};

// One request between being understood and being answered.
class Handling {
public:
    virtual ~Handling() = default;
    // nullptr: `respond` needs nothing of the database.
    virtual const Transaction* transaction() const = 0;
    // Called inside the transaction, before COMMIT, with the answer: throws ApiError to roll back (singular,
    // max-affected, PUT key mismatch). For Shape::stream it is called with the first row; the body follows by itself.
    virtual Response respond(const Answer& answer) const = 0;
};

struct Context {
    const Config& config;
    schema::CachePtr cache;
    const Identity& identity;
    // Where to note when the text of the request was read and planning began; nullptr: nobody asks.
    std::chrono::steady_clock::time_point* parsed = nullptr;
    Shapes* shapes = nullptr;  // what this io thread understood before; nullptr: nothing is remembered
};

// request -> plan -> SQL. Throws ApiError for what PostgREST refuses.
std::unique_ptr<Handling> understand(const Request& request, const Context& context);

// A database error as the client sees it (SQLSTATE -> status, RAISE 'PGRST', PTxyz, 42501 by anonymity).
struct DatabaseError {
    std::string sqlstate, message, detail, hint;
};
ApiError as_api_error(const DatabaseError& error, const Identity& identity);
Response error_response(const ApiError& error, const Config& config);

}  // namespace fin::api
