#include "http/resolver.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

namespace fin::workers {

struct Resolver::Shared {
    Shared() : event(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
        if (event < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { close(event); }

    const int event;
    std::mutex mutex;
    std::deque<std::string> questions;
    std::vector<Answer> answers;
    int threads = 0;
};

namespace {

constexpr int most_threads = 4;

Resolver::Answer look_up(const std::string& host) {
    Resolver::Answer answer{host, {}, {}};
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int failed = getaddrinfo(host.c_str(), nullptr, &wanted, &found);
    if (failed != 0) {
        answer.error = gai_strerror(failed);
        return answer;
    }
    for (const addrinfo* one = found; one; one = one->ai_next) {
        char text[INET6_ADDRSTRLEN] = "";
        const void* bytes = nullptr;
        if (one->ai_family == AF_INET)
            bytes = &reinterpret_cast<const sockaddr_in*>(one->ai_addr)->sin_addr;
        else if (one->ai_family == AF_INET6)
            bytes = &reinterpret_cast<const sockaddr_in6*>(one->ai_addr)->sin6_addr;
        if (!bytes || !inet_ntop(one->ai_family, bytes, text, sizeof text)) continue;
        if (std::find(answer.addresses.begin(), answer.addresses.end(), text) == answer.addresses.end())
            answer.addresses.emplace_back(text);
    }
    freeaddrinfo(found);
    if (answer.addresses.empty()) answer.error = "it has no address";
    return answer;
}

}  // namespace

Resolver::Resolver() : shared_(std::make_shared<Shared>()) {}
Resolver::~Resolver() = default;

int Resolver::descriptor() const { return shared_->event; }

void Resolver::ask(const std::string& host) {
    const std::lock_guard lock(shared_->mutex);
    shared_->questions.push_back(host);
    if (shared_->threads >= most_threads) return;
    // A signal of PostgreSQL's must never be handled in a thread that is not PostgreSQL's: born with all of them
    // blocked.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        std::thread([shared = shared_] {
            std::unique_lock inside(shared->mutex);
            while (!shared->questions.empty()) {
                const std::string question = std::move(shared->questions.front());
                shared->questions.pop_front();
                inside.unlock();
                Answer answer = look_up(question);
                inside.lock();
                shared->answers.push_back(std::move(answer));
                const std::uint64_t one = 1;
                if (write(shared->event, &one, sizeof one) < 0) continue;  // readable already
            }
            --shared->threads;
        }).detach();
        ++shared_->threads;
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        if (shared_->threads == 0) {
            shared_->questions.pop_back();
            throw;
        }
        return;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

std::vector<Resolver::Answer> Resolver::answers() {
    std::uint64_t count = 0;
    if (read(shared_->event, &count, sizeof count) < 0) return {};
    const std::lock_guard lock(shared_->mutex);
    return std::move(shared_->answers);
}

}  // namespace fin::workers
