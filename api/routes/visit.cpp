#include "api/routes/visit.hpp"

namespace fin::api::routes {

namespace {

constexpr std::chrono::seconds longest_wait(40);       // browsers and proxies give up at 60
constexpr std::chrono::milliseconds look_around(500);  // how soon it is seen that the client has gone

}  // namespace

Task<Response> wait_for_visit(Worker& worker, Client& client, EventHub& hub, Response first, const Ask& ask, int most) {
    Response answer = std::move(first);
    const auto end = Clock::now() + longest_wait;
    EventHub::SubscriptionPtr subscription;
    Timer timer(worker.context.get_executor());
    while (answer.status == 202) {
        const Said said = read_said(answer.body);
        if (said.done) break;
        if (subscription == nullptr) subscription = hub.subscribe(worker.context.get_executor(), said.channel, most);
        if (subscription == nullptr) {  // too many wait: then without being woken
            timer.expires_after(look_around);
            IoError woken;
            co_await timer.async_wait(into(woken));
        } else {
            if (!subscription->something_waits()) co_await subscription->wait(look_around);
            subscription->take();
        }
        if (client.gone || has_left(client)) throw ClientGone();
        if (Clock::now() > end || worker.draining)
            throw ApiError(504, "FIN504", "What this address waits for has not come in time", {}, {},
                           {{"Retry-After", "5"}});
        answer = co_await ask();
    }
    co_return answer;
}

}  // namespace fin::api::routes
