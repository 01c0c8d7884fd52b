#include "scheduler.hpp"

#include <utility>

namespace fin::workers {

void Scheduler::turn(Instant now) {
    // A sleeper stays in sleeping_ until it is destroyed or woken here; waking twice does nothing.
    for (auto sleeper = sleeping_.begin(); sleeper != sleeping_.end() && sleeper->first <= now; ++sleeper)
        sleeper->second->wake();
    for (std::size_t left = ready_.size(); left > 0 && !ready_.empty(); --left) {
        Wait* const next = ready_.front();
        ready_.pop_front();
        next->place_.reset();
        std::exchange(next->waiting_, nullptr).resume();
    }
}

std::optional<Instant> Scheduler::next() const {
    for (const auto& [until, wait] : sleeping_)
        if (!wait->woken()) return until;
    return std::nullopt;
}

Wait::~Wait() {
    if (place_) scheduler_.ready_.erase(*place_);
}

void Wait::wake() {
    if (woken_) return;
    woken_ = true;
    if (waiting_) place_ = scheduler_.ready_.insert(scheduler_.ready_.end(), this);
}

Sleep::Sleep(Scheduler& scheduler, Instant until)
    : Wait(scheduler), place_in_time_(scheduler.sleeping_.emplace(until, this)) {}

Sleep::~Sleep() { scheduler_.sleeping_.erase(place_in_time_); }

}  // namespace fin::workers
