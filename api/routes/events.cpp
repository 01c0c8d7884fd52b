#include "api/routes/events.hpp"

#include <poll.h>

#include <optional>

#include "api/logger.hpp"

namespace fin::api::routes {

namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds look_around(1000);  // how soon it is seen that a client or the server goes
constexpr std::chrono::milliseconds listening_time(2000);
constexpr std::size_t longest_channel = 63;

// The state of now, or why there is none any more.
struct News {
    std::optional<Said> said;
    std::string error;
};

Task<News> inquire(const Ask& ask) {
    News news;
    try {
        const Response response = co_await ask();
        news.said = read_said(response.body);
    } catch (const ApiError& error) {
        news.error =
            json{{"code", error.code}, {"message", error.message}}.dump(-1, ' ', false, json::error_handler_t::replace);
    }
    co_return news;
}

}  // namespace

bool has_left(Client& client) {
    pollfd look = {client.file(), POLLRDHUP, 0};
    return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::string event_text(std::string_view name, std::string_view data) {
    std::string text;
    if (!name.empty()) text.append("event: ").append(name).append("\n");
    while (true) {
        const std::size_t end = data.find_first_of("\r\n");
        text.append("data: ").append(data.substr(0, end)).append("\n");
        if (end == std::string_view::npos) break;
        data.remove_prefix(end + (data.substr(end, 2) == "\r\n" ? 2 : 1));
    }
    return text + "\n";
}

Said read_said(const std::string& body) {
    const json given = json::parse(body, nullptr, false);
    const bool fits = given.is_object() && given.contains("channel") && given["channel"].is_string() &&
                      given.contains("state") && given["state"].is_object();
    Said said;
    if (fits) said.channel = given["channel"].get<std::string>();
    if (said.channel.empty() || said.channel.size() > longest_channel)
        throw ApiError(500, "FIN500", "The function of an events route must say a channel and a state");
    const json& state = given["state"];
    said.state = state.dump();
    said.done = state.contains("done") && state["done"] == true;
    return said;
}

Task<void> stream_events(Worker& worker, Client& client, EventHub& hub, StreamSink& sink, const Response& first,
                         const Ask& ask, const StreamFacts& facts) {
    const Said begun = read_said(first.body);
    const auto subscription = hub.subscribe(worker.context.get_executor(), begun.channel, facts.most);
    if (subscription == nullptr)
        throw ApiError(503, "FIN503", "Too many streams of events are open", {}, {}, {{"Retry-After", "5"}});
    if (!begun.done) co_await subscription->wait(listening_time);
    // Once more, now that no change goes unnoticed. Without a listener the state is asked for with each heartbeat.
    subscription->take();
    News news;
    if (begun.done)
        news.said = begun;
    else
        news = co_await inquire(ask);
    Response head;
    head.headers = {{"Content-Type", "text/event-stream; charset=utf-8"},
                    {"Cache-Control", "no-store"},
                    {"X-Accel-Buffering", "no"}};
    co_await sink.begin(std::move(head));
    std::string text = "retry: 3000\n\n";
    auto last_sent = Clock::now();
    while (true) {
        if (news.said)
            text += event_text("state", news.said->state);
        else if (!news.error.empty())
            text += event_text("error", news.error);
        const bool over = !news.error.empty() || (news.said && news.said->done);
        if (!text.empty()) {
            co_await sink.write(text);
            client.deadline =
                Clock::time_point::max();  // what counts for a silent client does not count between events
            last_sent = Clock::now();
            text.clear();
        }
        news = News();
        if (over || worker.draining) break;
        if (!subscription->something_waits()) co_await subscription->wait(look_around);
        if (client.gone || has_left(client)) throw ClientGone();
        const bool beat = Clock::now() - last_sent >= facts.heartbeat;
        if (subscription->something_waits() || (beat && !subscription->listening())) {
            const std::vector<std::string> payloads = subscription->take();
            news = co_await inquire(ask);
            // Whoever may not see the state any more sees nothing of what was said about it either.
            if (news.said)
                for (const std::string& payload : payloads) text += event_text({}, payload);
        } else if (beat) {
            text += ":\n\n";
        }
    }
}

}  // namespace fin::api::routes
