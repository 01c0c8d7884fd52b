// At most so many coroutines at once; the others wait in the order in which they came.
#pragma once
#include <list>
#include <optional>

#include "scheduler.hpp"

namespace fin::workers {

class Turnstile {
public:
    bool idle() const { return taken_ == 0 && waiting_.empty(); }

    // A place in the frame of a coroutine: name it, co_await its admission; it is given on when the frame is destroyed.
    class Place {
    public:
        Place(Scheduler& scheduler, Turnstile& turnstile, int limit)
            : admission(scheduler), turnstile_(turnstile), limit_(limit) {
            if (turnstile.taken_ < limit && turnstile.waiting_.empty())
                admit();
            else
                spot_ = turnstile.waiting_.insert(turnstile.waiting_.end(), this);
        }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place() {
            if (spot_)
                turnstile_.waiting_.erase(*spot_);
            else
                turnstile_.leave();
        }
        Wait admission;

    private:
        friend class Turnstile;
        void admit() {
            ++turnstile_.taken_;
            spot_.reset();
            admission.wake();
        }
        Turnstile& turnstile_;
        int limit_;
        std::optional<std::list<Place*>::iterator> spot_;  // while it waits
    };

private:
    void leave() {
        --taken_;
        while (!waiting_.empty() && taken_ < waiting_.front()->limit_) {
            Place* const next = waiting_.front();
            waiting_.pop_front();
            next->admit();
        }
    }
    int taken_ = 0;
    std::list<Place*> waiting_;
};

}  // namespace fin::workers
