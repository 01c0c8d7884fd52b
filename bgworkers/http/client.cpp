#include "http/client.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <ctime>
#include <system_error>

#include "outbound/address.hpp"

namespace fin::workers {

namespace {

using std::chrono::seconds;

constexpr seconds names_are_good_for{60};
constexpr seconds failed_names_are_asked_after{5};
constexpr std::size_t remembered = 1024;  // hosts, names
// A service that wants to be left alone for longer is left to the queue.
constexpr double longest_wait = 60;

Clock::duration duration_of(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}
double seconds_of(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

std::uint64_t seed_of(const Request& request) {
    std::uint64_t hash = 14695981039346656037u;  // FNV-1a
    for (const char c : request.idempotency_key.empty() ? request.url : request.idempotency_key)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash;
}

// A place in the list of those who wait for a name.
class Listed {
public:
    Listed(std::list<Wait*>& list, Wait& wait) : list_(list), place_(list.insert(list.end(), &wait)) {}
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;
    ~Listed() { list_.erase(place_); }

private:
    std::list<Wait*>& list_;
    std::list<Wait*>::iterator place_;
};

void check(const Target& target, const Policy& policy) {
    if (!policy.hosts.allows(target.host, target.port))
        throw Refused(target.origin + " is not among pg_fin.http_allow_hosts");
}

// The socket about to connect is judged again, see transfer.cpp; here a name that leads to both kinds keeps the one.
std::vector<std::string> permitted(const Target& target, const std::vector<std::string>& addresses,
                                   const Policy& policy) {
    if (policy.allow_private) return addresses;
    std::vector<std::string> open;
    for (const std::string& address : addresses) {
        const auto kind = outbound::class_of(address);
        if (kind && outbound::is_public(*kind)) open.push_back(address);
    }
    if (open.empty())
        throw Refused("the address of " + target.host +
                      " is not public, which pg_fin.http_allow_private does not allow");
    return open;
}

}  // namespace

// What the circuit breaker gets to know of one attempt, also where it is given up.
class Client::Trial {
public:
    Trial(outbound::Breaker& breaker, const std::string& origin)
        : breaker_(breaker), origin_(origin), began_(Clock::now()), entry_(breaker.enter(origin, began_)) {
        if (entry_.allowed) return;
        const double pause = seconds_of(entry_.pause);
        throw CircuitOpen(origin + " failed too often and is left alone", std::max(pause, 0.1));
    }
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;
    ~Trial() {
        if (entry_.trial && !told_) breaker_.abandoned(origin_);
    }
    void succeeded() {
        told_ = true;
        breaker_.succeeded(origin_);
    }
    void failed() {
        told_ = true;
        breaker_.failed(origin_, began_, Clock::now());
    }

private:
    outbound::Breaker& breaker_;
    const std::string& origin_;
    Instant began_;
    outbound::Breaker::Entry entry_;
    bool told_ = false;
};

Client::Client(Scheduler& scheduler, std::function<const Policy&()> policy, int room)
    : scheduler_(scheduler), policy_(std::move(policy)), room_(room), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    traffic_.multi = started == CURLE_OK ? curl_multi_init() : nullptr;
    traffic_.sessions = curl_share_init();
    if (!traffic_.multi || !traffic_.sessions) throw std::runtime_error("libcurl does not start");
    curl_multi_setopt(traffic_.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(traffic_.multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(traffic_.multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(traffic_.multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(traffic_.multi, CURLMOPT_MAXCONNECTS, 32L);  // idle ones; those in use do not count
    curl_share_setopt(traffic_.sessions, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = resolver_.descriptor();
    epoll_ctl(epoll_, EPOLL_CTL_ADD, resolver_.descriptor(), &event);
}

// Every task that used this client is gone: the worker destroys its jobs before its loop.
Client::~Client() {
    curl_multi_cleanup(traffic_.multi);
    curl_share_cleanup(traffic_.sessions);
    close(epoll_);
}

int Client::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
    const int epoll = static_cast<Client*>(self)->epoll_;
    epoll_event event{};
    event.data.fd = socket;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, socket, &event);  // closed already: the kernel has taken it out
        return 0;
    }
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) != 0 && errno == ENOENT)
        epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
    return 0;
}

int Client::on_timer(CURLM*, long milliseconds, void* self) {
    auto* client = static_cast<Client*>(self);
    if (milliseconds < 0)
        client->timer_.reset();
    else
        client->timer_ = Clock::now() + std::chrono::milliseconds(milliseconds);
    return 0;
}

void Client::act(curl_socket_t socket, int what) {
    int running = 0;
    const CURLMcode code = curl_multi_socket_action(traffic_.multi, socket, what, &running);
    if (code != CURLM_OK && code != CURLM_BAD_SOCKET)
        throw std::runtime_error(std::string("libcurl: ") + curl_multi_strerror(code));
}

void Client::run(Instant now) {
    epoll_event events[128];
    int count = epoll_wait(epoll_, events, 128, 0);
    for (int i = 0; i < count; ++i) {
        if (events[i].data.fd == resolver_.descriptor()) {
            take_answers(now);
            continue;
        }
        const std::uint32_t bits = events[i].events;
        act(events[i].data.fd, (bits & EPOLLIN ? CURL_CSELECT_IN : 0) | (bits & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                                   (bits & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0));
    }
    if (timer_ && *timer_ <= now) {
        timer_.reset();
        act(CURL_SOCKET_TIMEOUT, 0);
    }
    take_results();
}

void Client::take_results() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(traffic_.multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode result = message->data.result;
        char* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        reinterpret_cast<Transfer*>(transfer)->ended(result);
    }
}

void Client::take_answers(Instant now) {
    for (Resolver::Answer& answer : resolver_.answers()) {
        Lookup& name = names_[answer.host];
        name.pending = false;
        name.addresses = std::move(answer.addresses);
        name.error = std::move(answer.error);
        name.good_until = now + (name.error.empty() ? names_are_good_for : failed_names_are_asked_after);
        for (Wait* const wait : name.waiting) wait->wake();
    }
}

Task<std::vector<std::string>> Client::look_up(const Target& target, double patience) {
    std::vector<std::string> addresses;
    if (target.literal) {
        addresses.push_back(target.host);
        co_return addresses;
    }
    for (auto name = names_.begin(); names_.size() > remembered && name != names_.end();)
        name = name->second.waiting.empty() && !name->second.pending ? names_.erase(name) : std::next(name);
    Lookup& name = names_[target.host];
    if (!name.pending && name.good_until <= Clock::now()) {
        name.pending = true;
        ++lookups_begun_;
        resolver_.ask(target.host);
    }
    if (name.pending) {
        Sleep sleep(scheduler_, Clock::now() + duration_of(patience));
        const Listed listed(name.waiting, sleep);
        co_await sleep;
        if (name.pending)
            throw TransportError(target.origin + ": its name was not found within " +
                                     std::to_string(static_cast<int>(std::ceil(patience))) + " s",
                                 true);
    }
    if (!name.error.empty()) throw TransportError(target.origin + ": " + name.error, true);
    addresses = name.addresses;
    co_return addresses;
}

Turnstile& Client::turnstile_of(const std::string& host) {
    for (auto one = hosts_.begin(); hosts_.size() > remembered && one != hosts_.end();)
        one = one->second.idle() ? hosts_.erase(one) : std::next(one);
    return hosts_[host];
}

// Through the limits, the breaker and the lookup to the end of the transfer.
Task<Response> Client::carry(const Target& target, Transfer& transfer, double patience) {
    Turnstile::Place at_host(scheduler_, turnstile_of(target.origin), policy_().per_host);
    co_await at_host.admission;
    Turnstile::Place in_all(scheduler_, all_, std::min(policy_().in_all, room_));
    co_await in_all.admission;
    Trial trial(breaker_, target.origin);
    Response response;
    try {
        Task<std::vector<std::string>> looking = look_up(target, patience);
        const std::vector<std::string> addresses = co_await looking;
        if (!target.literal) transfer.pin(permitted(target, addresses, policy_()));
        transfer.start();
        co_await transfer.done;
        response = transfer.take();
    } catch (const TransportError& error) {
        error.host_is_down ? trial.failed() : trial.succeeded();
        throw;
    }
    const bool ill = !transfer.is_mail() && response.status >= 500 && response.status != 501;
    ill ? trial.failed() : trial.succeeded();
    co_return response;
}

Task<Response> Client::attempt(const Request& request) {
    const Target target = target_of(request.url, false);
    check(target, policy_());
    Transfer transfer(scheduler_, traffic_, policy_(), target);
    transfer.prepare(request);
    Task<Response> carrying = carry(target, transfer, request.connect_timeout);
    co_return co_await carrying;
}

Task<Response> Client::send(const Letter& letter) {
    const Target target = target_of(letter.url, true);
    check(target, policy_());
    Transfer transfer(scheduler_, traffic_, policy_(), target);
    transfer.prepare(letter);
    Task<Response> carrying = carry(target, transfer, letter.connect_timeout);
    co_return co_await carrying;
}

Task<Response> Client::send(const Request& request) {
    for (int attempts = 1;; ++attempts) {
        Response response;
        std::exception_ptr failure;
        try {
            Task<Response> trying = attempt(request);
            response = co_await trying;
        } catch (const TransportError& error) {
            if (!error.worth_another || attempts > request.retries) throw;
            failure = std::current_exception();
        }
        response.attempts = attempts;
        double pause = outbound::backoff(attempts, seed_of(request));
        if (!failure) {
            if (attempts > request.retries || !outbound::is_worth_another(response.status, response.headers))
                co_return response;
            const std::optional<double> asked = outbound::retry_after(response.headers, std::time(nullptr));
            if (asked && *asked > longest_wait) co_return response;
            if (asked) pause = *asked;
        }
        Sleep sleep(scheduler_, Clock::now() + duration_of(pause));
        co_await sleep;
    }
}

}  // namespace fin::workers
