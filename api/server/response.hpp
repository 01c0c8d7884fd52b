// A response as the bytes of its head, and the headers the server itself answers for.
#pragma once
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "api/sql/statement.hpp"

namespace fin::api {

std::string_view reason_phrase(int status);

// "Sat, 21 Nov 2026 08:22:36 GMT"
std::string http_date(std::time_t now);

// Methods and origins that browsers ask for before they send the request itself.
bool is_preflight(const Request& request);
Response preflight_response(const Request& request, const Config& config);
// CORS headers of an ordinary response, and the echo of server-trace-header.
void add_shared_headers(Headers& headers, const Request& request, const Config& config);

enum class Framing { length, chunked, until_close, none };

struct HeadFacts {
    std::string_view date;
    Framing framing = Framing::length;
    std::uint64_t length = 0;
    bool close = false;              // says Connection: close
    bool keep_alive_spoken = false;  // HTTP/1.0 must be told
    bool http_1_0 = false;
};

// Appends the status line and all header fields, with the empty line.
void append_head(std::string& out, const Response& response, const HeadFacts& facts);

}  // namespace fin::api
