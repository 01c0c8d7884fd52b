// The worker's way out: one curl_multi whose sockets wait in one epoll descriptor of the worker's loop.
//
//   Request request;                          // named first, see task.hpp
//   request.url = ...;
//   Task<Response> sending = client.send(request);
//   const Response response = co_await sending;
//
// No transaction may be open at a co_await. Destroying the task ends the transfer.
#pragma once
#include <functional>
#include <list>
#include <map>

#include "http/request.hpp"
#include "http/resolver.hpp"
#include "http/target.hpp"
#include "http/transfer.hpp"
#include "http/turnstile.hpp"
#include "loop.hpp"
#include "outbound/breaker.hpp"
#include "task.hpp"

namespace fin::workers {

class Client : public Source {
public:
    // `policy` is asked for every request: settings may change. At most `room` descriptors are used at once.
    Client(Scheduler& scheduler, std::function<const Policy&()> policy, int room);
    ~Client() override;
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Sends until there is an answer that another attempt would not change, at most 1 + request.retries times. Throws
    // Refused, TransportError, CircuitOpen. `request` must outlive the task.
    Task<Response> send(const Request& request);
    // One attempt; the status is SMTP's.
    Task<Response> send(const Letter& letter);

    int descriptor() const override { return epoll_; }
    std::optional<Instant> next() const override { return timer_; }
    void run(Instant now) override;

    // How many names were asked for.
    int lookups() const { return lookups_begun_; }

private:
    struct Lookup {
        std::vector<std::string> addresses;
        std::string error;
        bool pending = false;
        Instant good_until{};
        std::list<Wait*> waiting;
    };
    class Trial;

    Task<Response> attempt(const Request& request);
    Task<Response> carry(const Target& target, Transfer& transfer, double patience);
    Task<std::vector<std::string>> look_up(const Target& target, double patience);
    Turnstile& turnstile_of(const std::string& host);
    void take_answers(Instant now);
    void take_results();
    void act(curl_socket_t socket, int what);

    static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*);
    static int on_timer(CURLM*, long milliseconds, void* self);

    Scheduler& scheduler_;
    std::function<const Policy&()> policy_;
    int room_;
    int epoll_;
    Traffic traffic_;
    std::optional<Instant> timer_;
    Resolver resolver_;
    outbound::Breaker breaker_;
    Turnstile all_;
    std::map<std::string, Turnstile> hosts_;
    std::map<std::string, Lookup> names_;
    int lookups_begun_ = 0;
};

}  // namespace fin::workers
