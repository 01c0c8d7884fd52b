#include "api/server/worker.hpp"

#include <poll.h>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/server/response.hpp"

namespace fin::api {

namespace {

constexpr std::chrono::milliseconds tick_length(100);
constexpr std::chrono::milliseconds patience(200);  // a query shorter than this is not worth a look at its client
constexpr std::size_t log_block = 32 << 10;

}  // namespace

void Worker::enter(Client& client) {
    client.place = clients_.insert(clients_.end(), &client);
    counters.clients.add();
    counters.clients_total.add();
}

void Worker::leave(Client& client) {
    clients_.erase(client.place);
    counters.clients.subtract();
    --load;
}

void Worker::watch(Client& client, Clock::time_point now) {
    if (client.working == nullptr || client.gone || now - client.working_since < patience) return;
    pollfd look = {client.file(), POLLRDHUP, 0};
    if (::poll(&look, 1, 0) <= 0 || (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0) return;
    client.gone = true;
    counters.cancelled.add();
    client.working->cancel(helpers_);
}

Task<void> Worker::tick() {
    Timer timer(context.get_executor());
    while (true) {
        timer.expires_after(tick_length);
        IoError error;
        co_await timer.async_wait(into(error));
        const auto now = Clock::now();
        for (auto next = clients_.begin(); next != clients_.end();) {
            Client& client = **next++;
            watch(client, now);
            if (now > client.deadline) {
                counters.client_timeouts.add(client.idle ? 0 : 1);
                client.expire();
            } else if (draining && client.idle) {
                client.hang_up();
            }
        }
        flush_log();
    }
}

void Worker::drain() { draining = true; }

void Worker::log(const LogEntry& entry) {
    if (!log_file_.wanted()) return;
    lines_ += log_line(entry);
    if (lines_.size() >= log_block) flush_log();
}

void Worker::flush_log() {
    if (lines_.empty()) return;
    log_file_.write(lines_);
    lines_.clear();
}

std::string_view Worker::date() {
    const std::time_t now = std::time(nullptr);
    if (now != date_of_) {
        date_ = http_date(now);
        date_of_ = now;
    }
    return date_;
}

}  // namespace fin::api
