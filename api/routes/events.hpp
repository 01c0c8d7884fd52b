// Server-sent events: the state of something, and each notification of it, until it is done.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "api/database/event_hub.hpp"
#include "api/server/handler.hpp"

namespace fin::api::routes {

// Whether the client of an answer that is waited for has closed its connection.
bool has_left(Client& client);

// Calls the function anew, with the rights of now: {"channel": text, "state": {...}}. Throws ApiError.
using Ask = std::function<Task<Response>()>;

struct StreamFacts {
    int most = 1000;  // streams open at a time
    std::chrono::milliseconds heartbeat{15000};
};

// first: what the function said. Throws ApiError before the stream has begun.
Task<void> stream_events(Worker& worker, Client& client, EventHub& hub, StreamSink& sink, const Response& first,
                         const Ask& ask, const StreamFacts& facts);

// "event: state\ndata: {...}\n\n"; a text of several lines is several data fields. name: empty, of a message.
std::string event_text(std::string_view name, std::string_view data);

// What the function said. Throws ApiError 500 where it is something else.
struct Said {
    std::string channel, state;  // state: JSON
    bool done = false;
};
Said read_said(const std::string& body);

}  // namespace fin::api::routes
