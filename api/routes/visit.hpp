// An address that a browser is sent to: where its function says that others are still at work (202 and a channel, as an
// events route does), the server waits for their word, in no transaction, and asks again.
#pragma once
#include "api/database/event_hub.hpp"
#include "api/routes/events.hpp"
#include "api/server/handler.hpp"

namespace fin::api::routes {

// first: what the function said. Whatever it says in the end is the answer. Throws ApiError 504, ClientGone.
Task<Response> wait_for_visit(Worker& worker, Client& client, EventHub& hub, Response first, const Ask& ask, int most);

}  // namespace fin::api::routes
