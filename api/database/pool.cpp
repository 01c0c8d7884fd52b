#include "api/database/pool.hpp"

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

namespace fin::api {

namespace {

// Longer than this another thread's request does not wait while this thread serves its own.
constexpr std::chrono::milliseconds fairness(10);
// A connection used this short while ago is taken for open without asking.
constexpr std::chrono::milliseconds fresh(5);

}  // namespace

void Lease::release() {
    if (connection_ != nullptr) pool_->put(std::move(connection_));
}

Pool::Pool(PoolOptions options, std::vector<Executor> workers, asio::thread_pool& helpers)
    : options_(std::move(options)),
      workers_(std::move(workers)),
      helpers_(helpers),
      idle_(workers_.size()),
      waiters_(workers_.size()) {
    counts_.max = options_.size;
}

Pool::~Pool() { close(); }

Task<Lease> Pool::acquire(unsigned worker) {
    WaiterPtr waiter;
    std::vector<std::unique_ptr<Connection>> dead;  // closed after the lock is given back
    {
        const std::lock_guard lock(mutex_);
        const auto now = Clock::now();
        // Its own first, then those of the other threads.
        for (std::size_t i = 0; i < idle_.size(); ++i) {
            auto& idle = idle_[(worker + i) % idle_.size()];
            while (!idle.empty()) {
                auto connection = std::move(idle.back());
                idle.pop_back();
                if ((now - connection->idle_since > fresh && !connection->usable()) || expired(*connection, now)) {
                    --open_;
                    dead.push_back(std::move(connection));
                    continue;
                }
                if (connection->worker != worker) {
                    connection->worker = worker;
                    connection->move_to(workers_[worker]);
                    ++counts_.handed_over;
                }
                co_return Lease(this,
                                std::move(connection));  // NOLINT(clang-analyzer-cplusplus.Move): the frame ends here
            }
        }
        if (closed_ || (open_ == 0 && opening_ == 0 && now < retry_at_)) {
            throw ApiError(503, "PGRST000", "Database connection error. Retrying the connection.", last_failure_, {},
                           {{"Retry-After", std::to_string(retry_after())}});
        }
        waiter = std::make_shared<Waiter>();
        waiter->worker = worker;
        waiter->since = now;
        waiters_[worker].push_back(waiter);
        ++waiting_;
        if (open_ + opening_ < options_.size && opening_ < waiting_ && now >= retry_at_) open_one();
    }
    dead.clear();
    co_await wait(waiter);
    // Nobody else touches a waiter whose waiting is over.
    if (waiter->granted != nullptr) {
        Lease lease(this, std::move(waiter->granted));
        co_return lease;
    }
    if (waiter->refusal.empty())
        throw ApiError(504, "PGRST003", "Timed out acquiring connection from connection pool.");
    const std::lock_guard lock(mutex_);
    throw ApiError(503, "PGRST000", "Database connection error. Retrying the connection.", waiter->refusal, {},
                   {{"Retry-After", std::to_string(retry_after())}});
}

template <class Handler>
struct Pool::ResumeWith final : Pool::Resume {
    explicit ResumeWith(Handler given) : handler(std::move(given)) {}
    void post(const Executor& executor) override { asio::post(executor, std::move(handler)); }
    void go_on(const Executor& executor) override { asio::dispatch(executor, std::move(handler)); }
    Handler handler;
};

Task<void> Pool::wait(const WaiterPtr& waiter) {
    const auto suspend = [this, &waiter](auto handler) {
        auto resume = std::make_unique<ResumeWith<decltype(handler)>>(std::move(handler));
        const std::lock_guard lock(mutex_);
        if (waiter->over)  // another thread was quicker
            resume->post(workers_[waiter->worker]);
        else
            waiter->resume = std::move(resume);
    };
    return asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(suspend, awaiting);
}

void Pool::wake(Waiter& waiter) {
    waiter.over = true;
    if (waiter.resume == nullptr) return;
    const auto resume = std::move(waiter.resume);
    resume->post(workers_[waiter.worker]);
}

std::unique_ptr<Pool::Resume> Pool::grant(Waiter& waiter, std::unique_ptr<Connection> connection) {
    if (connection->worker != waiter.worker) {
        connection->worker = waiter.worker;
        connection->move_to(workers_[waiter.worker]);
        ++counts_.handed_over;
    }
    waiter.granted = std::move(connection);
    waiter.over = true;
    return std::move(waiter.resume);
}

void Pool::expire() {
    const std::lock_guard lock(mutex_);
    if (waiting_ == 0) return;
    const auto last = Clock::now() - options_.acquisition_timeout;
    for (auto& queue : waiters_) {
        while (!queue.empty() && queue.front()->since <= last) {
            const WaiterPtr waiter = queue.front();
            queue.pop_front();
            --waiting_;
            ++counts_.timeouts;
            wake(*waiter);
        }
    }
}

bool Pool::expired(const Connection& connection, Clock::time_point now) const {
    return connection.epoch != epoch_ || now - connection.opened > options_.max_lifetime;
}

int Pool::retry_after() const {
    return static_cast<int>(std::max<std::int64_t>(1, (milliseconds(retry_at_ - Clock::now()) + 999) / 1000));
}

Pool::WaiterPtr Pool::next_waiter(unsigned worker) {
    if (waiting_ == 0) return nullptr;
    std::deque<WaiterPtr>* chosen = waiters_[worker].empty() ? nullptr : &waiters_[worker];
    for (auto& queue : waiters_) {
        if (queue.empty()) continue;
        if (chosen == nullptr || queue.front()->since + fairness < chosen->front()->since) chosen = &queue;
    }
    if (chosen == nullptr) return nullptr;
    WaiterPtr waiter = chosen->front();
    chosen->pop_front();
    --waiting_;
    return waiter;
}

void Pool::put(std::unique_ptr<Connection> connection) {
    const auto now = Clock::now();
    std::unique_lock lock(mutex_);
    const bool fit = connection->healthy() && !connection->cancelling() && !expired(*connection, now);
    if (!fit || closed_) {
        --open_;
        if (waiting_ > 0 && open_ + opening_ < options_.size && now >= retry_at_ && !closed_) open_one();
        return;
    }
    if (const WaiterPtr waiter = next_waiter(connection->worker)) {
        const auto resume = grant(*waiter, std::move(connection));
        lock.unlock();
        // The next query leaves before this request's answer is written: the database works meanwhile.
        if (resume != nullptr) resume->go_on(workers_[waiter->worker]);
        return;
    }
    connection->idle_since = now;
    idle_[connection->worker].push_back(std::move(connection));
}

void Pool::open_one() {
    ++opening_;
    asio::post(helpers_, [this, epoch = epoch_] {
        std::unique_ptr<Connection> connection;
        std::string failure;
        try {
            connection = std::make_unique<Connection>(connect_blocking(options_.uri, "pg_fin_api"));
        } catch (const std::exception& error) {
            failure = error.what();
        }
        opened(std::move(connection), epoch, failure);
    });
}

void Pool::opened(std::unique_ptr<Connection> connection, std::uint64_t epoch, const std::string& failure) {
    const std::lock_guard lock(mutex_);
    --opening_;
    if (closed_) return;
    if (connection != nullptr) {
        connection->epoch = epoch;
        ++counts_.opened;
        ++open_;
        backoff_.reset();
        retry_at_ = {};
        // For the thread that waits longest.
        unsigned worker = 0;
        Clock::time_point since = Clock::time_point::max();
        for (const auto& queue : waiters_)
            if (!queue.empty() && queue.front()->since < since)
                since = queue.front()->since, worker = queue.front()->worker;
        connection->worker = worker;
        connection->move_to(workers_[worker]);
        if (const WaiterPtr waiter = next_waiter(worker)) {
            if (waiter->worker != worker) {
                connection->worker = waiter->worker;
                connection->move_to(workers_[waiter->worker]);
            }
            waiter->granted = std::move(connection);
            wake(*waiter);
        } else {
            connection->idle_since = Clock::now();
            idle_[worker].push_back(std::move(connection));
        }
        if (waiting_ > opening_ && open_ + opening_ < options_.size) open_one();
        return;
    }
    ++counts_.failed;
    last_failure_ = failure;
    retry_at_ = Clock::now() + backoff_.next();
    if (open_ > 0) return;  // the waiting ones are served by what is there
    for (auto& queue : waiters_) {
        for (const auto& waiter : queue) {
            waiter->refusal = failure;
            wake(*waiter);
        }
        waiting_ -= static_cast<int>(queue.size());
        queue.clear();
    }
}

void Pool::tidy() {
    std::vector<std::unique_ptr<Connection>> dead;
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    for (auto& idle : idle_) {
        const auto keep = [&](const std::unique_ptr<Connection>& connection) {
            return now - connection->idle_since <= options_.max_idle && !expired(*connection, now) &&
                   connection->usable();
        };
        const auto gone = std::stable_partition(idle.begin(), idle.end(), keep);
        open_ -= static_cast<int>(idle.end() - gone);
        std::move(gone, idle.end(), std::back_inserter(dead));
        idle.erase(gone, idle.end());
    }
    if (waiting_ > opening_ && open_ + opening_ < options_.size && now >= retry_at_ && !closed_) open_one();
}

void Pool::reachable() {
    const std::lock_guard lock(mutex_);
    backoff_.reset();
    retry_at_ = {};
}

void Pool::renew() {
    std::vector<std::unique_ptr<Connection>> dead;
    const std::lock_guard lock(mutex_);
    ++epoch_;
    for (auto& idle : idle_) {
        open_ -= static_cast<int>(idle.size());
        std::move(idle.begin(), idle.end(), std::back_inserter(dead));
        idle.clear();
    }
}

void Pool::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (auto& idle : idle_) {
        open_ -= static_cast<int>(idle.size());
        idle.clear();
    }
    for (auto& queue : waiters_) {
        for (const auto& waiter : queue) {
            waiter->refusal = "the server is shutting down";
            wake(*waiter);
        }
        waiting_ -= static_cast<int>(queue.size());
        queue.clear();
    }
}

Pool::Gauges Pool::gauges() const {
    const std::lock_guard lock(mutex_);
    Gauges now = counts_;
    now.open = open_;
    now.waiting = waiting_;
    now.available = options_.size - open_;
    for (const auto& idle : idle_) now.available += static_cast<int>(idle.size());
    return now;
}

}  // namespace fin::api
