// Connections to one database, shared by the io threads: each thread prefers those it used before, and hands over what
// another thread waits for. New ones are opened by helper threads, so that no io thread waits for names or handshakes.
#pragma once
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/database/backoff.hpp"
#include "api/database/connection.hpp"

namespace fin::api {

struct PoolOptions {
    std::string uri;
    int size = 10;
    std::chrono::milliseconds acquisition_timeout{10000}, max_lifetime{1800000}, max_idle{30000};
};

class Pool;

// A connection for as long as it is held. Gives it back, or closes it where it is not fit for another request.
class Lease {
public:
    Lease() = default;
    Lease(Pool* pool, std::unique_ptr<Connection> connection) : pool_(pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept : pool_(other.pool_), connection_(std::move(other.connection_)) {}
    Lease& operator=(Lease&& other) noexcept {
        release();
        pool_ = other.pool_;
        connection_ = std::move(other.connection_);
        return *this;
    }
    ~Lease() { release(); }
    Connection& operator*() const { return *connection_; }
    explicit operator bool() const { return connection_ != nullptr; }
    void release();

private:
    Pool* pool_ = nullptr;
    std::unique_ptr<Connection> connection_;
};

class Pool {
public:
    struct Gauges {
        int max = 0, available = 0, waiting = 0, open = 0;
        std::uint64_t timeouts = 0, opened = 0, failed = 0, handed_over = 0;
    };

    Pool(PoolOptions options, std::vector<Executor> workers, asio::thread_pool& helpers);
    ~Pool();

    // A connection for io thread `worker`, called there. Throws ApiError: 504 PGRST003, 503 PGRST000.
    Task<Lease> acquire(unsigned worker);
    // Closes what was idle or open too long and what the other side closed. From any thread, each second or so.
    void tidy();
    // Ends the waiting of requests that waited too long. From any thread, each 100 ms or so.
    void expire();
    // The database can be reached (again): the next request need not wait for the back-off to end.
    void reachable();
    // No connection of before is used again (the server restarted, the standby was promoted).
    void renew();
    void close();  // waiters are refused, idle connections closed
    Gauges gauges() const;
    asio::thread_pool& helpers() { return helpers_; }

private:
    friend class Lease;
    // A coroutine that is suspended, to go on on its io thread.
    struct Resume {
        virtual ~Resume() = default;
        virtual void post(const Executor& executor) = 0;
        virtual void go_on(const Executor& executor) = 0;  // at once where this is its io thread
    };
    template <class Handler>
    struct ResumeWith;
    struct Waiter {
        unsigned worker = 0;
        Clock::time_point since;
        std::unique_ptr<Resume> resume;  // null: not suspended yet
        bool over = false;               // granted, refused or too late
        std::unique_ptr<Connection> granted;
        std::string refusal;  // why there will be none
    };
    using WaiterPtr = std::shared_ptr<Waiter>;

    void put(std::unique_ptr<Connection> connection);
    void open_one();  // mutex held
    void opened(std::unique_ptr<Connection> connection, std::uint64_t epoch, const std::string& failure);
    Task<void> wait(const WaiterPtr& waiter);
    void wake(Waiter& waiter);  // mutex held
    // What goes on now that the waiter has this connection; null where it is not suspended yet. Mutex held.
    std::unique_ptr<Resume> grant(Waiter& waiter, std::unique_ptr<Connection> connection);
    WaiterPtr next_waiter(unsigned worker);  // mutex held
    bool expired(const Connection& connection, Clock::time_point now) const;
    int retry_after() const;  // s; mutex held

    const PoolOptions options_;
    std::vector<Executor> workers_;
    asio::thread_pool& helpers_;
    mutable std::mutex mutex_;
    std::vector<std::vector<std::unique_ptr<Connection>>> idle_;  // by io thread, last used last
    std::vector<std::deque<WaiterPtr>> waiters_;                  // by io thread, longest waiting first
    int open_ = 0, opening_ = 0, waiting_ = 0;
    std::uint64_t epoch_ = 0;  // grows with renew()
    Backoff backoff_;
    Clock::time_point retry_at_{};
    std::string last_failure_;
    bool closed_ = false;
    Gauges counts_;
};

}  // namespace fin::api
