// Which suspended coroutines may go on, and which sleep until when. Knows no PostgreSQL and no clock of its own.
#pragma once
#include <chrono>
#include <coroutine>
#include <list>
#include <map>
#include <optional>

namespace fin::workers {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;

class Wait;

class Scheduler {
public:
    // Resumes what is ready now and what has slept long enough; what becomes ready meanwhile is left for the next turn.
    void turn(Instant now);
    bool has_ready() const { return !ready_.empty(); }
    // When the next sleeper wakes.
    std::optional<Instant> next() const;

private:
    friend class Wait;
    friend class Sleep;
    std::list<Wait*> ready_;
    std::multimap<Instant, Wait*> sleeping_;
};

// One thing a coroutine waits for: co_await it after it has been named. Whoever brings the thing about calls wake(),
// from outside a coroutine or from another one; the waiting coroutine goes on in the scheduler's next turn.
// It lives in the coroutine's frame and takes itself out of every list when the frame is destroyed.
class Wait {
public:
    explicit Wait(Scheduler& scheduler) : scheduler_(scheduler) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait();

    void wake();
    bool woken() const { return woken_; }

    bool await_ready() const noexcept { return woken_; }
    void await_suspend(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
    void await_resume() const noexcept {}

protected:
    Scheduler& scheduler_;

private:
    friend class Scheduler;
    std::coroutine_handle<> waiting_;
    std::optional<std::list<Wait*>::iterator> place_;
    bool woken_ = false;
};

// A wait that ends by itself at `until`. wake() ends it earlier.
class Sleep : public Wait {
public:
    Sleep(Scheduler& scheduler, Instant until);
    ~Sleep();

private:
    std::multimap<Instant, Wait*>::iterator place_in_time_;
    friend class Scheduler;
};

}  // namespace fin::workers
