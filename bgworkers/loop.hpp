// What a worker waits on: its latch, the postmaster's death, and the descriptors of its sources.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "scheduler.hpp"

struct WaitEventSet;

namespace fin::workers {

// A part of the worker that waits for more than the latch: the HTTP client, with one epoll descriptor that holds all of
// its sockets (PostgreSQL 15 cannot take a descriptor out of a WaitEventSet again, so sockets do not go in one by one).
class Source {
public:
    virtual ~Source() = default;
    // Readable when there is something to do. The same for the life of the source.
    virtual int descriptor() const = 0;
    // When run() wants to be called even if nothing is readable.
    virtual std::optional<Instant> next() const = 0;
    // Does what there is to do and wakes what waited for it. Never blocks, never leaves a transaction open.
    virtual void run(Instant now) = 0;
};

class Loop {
public:
    Loop() = default;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    Scheduler& scheduler() { return scheduler_; }
    // Before the first wait.
    void add(std::unique_ptr<Source> source) { sources_.push_back(std::move(source)); }

    // One turn: waits until `latest` at most, for the latch, a source or a sleeper, then lets everything that is ready
    // go on. True: somebody has set the latch. Interrupts are the caller's: PostgreSQL ends a process by longjmp or
    // exit, which no coroutine may be below.
    bool turn(Instant latest);

private:
    bool wait(Instant latest);

    Scheduler scheduler_;
    std::vector<std::unique_ptr<Source>> sources_;
    WaitEventSet* events_ = nullptr;
};

// Gives the loop of a new worker its sources.
void add_sources(Loop& loop);

}  // namespace fin::workers
