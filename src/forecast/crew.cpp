#include "forecast/crew.hpp"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <system_error>

namespace fin::forecast {

namespace {

struct Cancelled {};

// A database's signals are for its own thread: the helpers are born with all of them blocked.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_;
};

}  // namespace

CrewMember::~CrewMember() {
    if (crew_) crew_->dismiss(*this);
}

Crew::~Crew() { stop(); }

void Crew::enlist(CrewMember& member) {
    if (working_) pause();
    member.crew_ = this;
    member.place_ = members_.size();
    members_.push_back(&member);
}

void Crew::dismiss(CrewMember& member) {
    if (working_ && member.state_ != CrewMember::State::done) pause();
    const std::lock_guard lock(mutex_);
    members_[member.place_] = members_.back();
    members_[member.place_]->place_ = member.place_;
    members_.pop_back();
    member.crew_ = nullptr;
    cursor_ = std::min(cursor_, members_.size());
}

void Crew::changing(CrewMember& member) {
    if (working_) pause();
    member.state_ = CrewMember::State::open;
}

const Answer& Crew::answer(CrewMember& member, int helpers, const InterruptCheck& check) {
    if (helpers > 0 && !working_ && members_.size() >= worth_helping) start(helpers);
    std::unique_lock lock(mutex_);
    while (member.state_ == CrewMember::State::taken) {
        for_owner_.wait_for(lock, std::chrono::milliseconds(20));
        lock.unlock();
        check();
        lock.lock();
    }
    if (member.state_ == CrewMember::State::open) {
        // Ours as long as this function runs: no helper looks at what is taken.
        member.state_ = CrewMember::State::taken;
        lock.unlock();
        try {
            member.gathered.answer(check);
        } catch (...) {
            lock.lock();
            member.state_ = CrewMember::State::open;
            throw;
        }
        lock.lock();
        member.state_ = CrewMember::State::done;
    }
    return member.gathered.answer(check);
}

void Crew::start(int helpers) {
    const std::lock_guard lock(mutex_);
    cursor_ = 0;
    cancelled_ = false;
    working_ = true;
    const SignalsBlocked blocked;
    try {
        while (threads_.size() < static_cast<std::size_t>(helpers)) threads_.emplace_back([this] { help(); });
    } catch (const std::system_error&) {
        // The machine gives no more threads: those that are there do.
    }
    for_helpers_.notify_all();
}

void Crew::pause() {
    std::unique_lock lock(mutex_);
    working_ = false;
    cancelled_ = true;
    for_owner_.wait(lock, [this] { return busy_ == 0; });
}

void Crew::stop() {
    {
        const std::lock_guard lock(mutex_);
        working_ = false;
        cancelled_ = ending_ = true;
    }
    for_helpers_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

void Crew::help() {
    const InterruptCheck check = [this] {
        if (cancelled_.load(std::memory_order_relaxed)) throw Cancelled{};
    };
    std::unique_lock lock(mutex_);
    for (;;) {
        for_helpers_.wait(lock, [this] { return ending_ || (working_ && cursor_ < members_.size()); });
        if (ending_) return;
        CrewMember* member = members_[cursor_++];
        if (member->state_ != CrewMember::State::open) continue;
        member->state_ = CrewMember::State::taken;
        ++busy_;
        lock.unlock();
        bool made = false;
        try {
            member->gathered.answer(check);
            made = true;
        } catch (...) {
            // Whoever asks for this member meets the same failure where it can be reported.
        }
        lock.lock();
        member->state_ = made ? CrewMember::State::done : CrewMember::State::open;
        --busy_;
        for_owner_.notify_all();
    }
}

}  // namespace fin::forecast
