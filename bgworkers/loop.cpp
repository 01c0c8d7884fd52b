#include "loop.hpp"

#include <algorithm>

#include "bridge.hpp"

extern "C" {
#include "pgstat.h"
#include "storage/latch.h"
#include "utils/wait_event.h"
}

namespace fin::workers {

bool Loop::wait(Instant latest) {
    if (!events_)
        events_ = pg::guard([this] {
            WaitEventSet* made = CreateWaitEventSet(TopMemoryContext, static_cast<int>(sources_.size()) + 2);
            AddWaitEventToSet(made, WL_LATCH_SET, PGINVALID_SOCKET, MyLatch, nullptr);
            AddWaitEventToSet(made, WL_EXIT_ON_PM_DEATH, PGINVALID_SOCKET, nullptr, nullptr);
            for (const auto& source : sources_)
                AddWaitEventToSet(made, WL_SOCKET_READABLE, source->descriptor(), nullptr, nullptr);
            return made;
        });
    std::optional<Instant> until = scheduler_.next();
    for (const auto& source : sources_) {
        const std::optional<Instant> next = source->next();
        if (next && (!until || *next < *until)) until = next;
    }
    if (!until || latest < *until) until = latest;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now()).count();
    const long timeout = scheduler_.has_ready() ? 0 : std::clamp<long>(left, 0, 60'000);
    return pg::guard([&] {
        WaitEvent event;
        const int happened = WaitEventSetWait(events_, timeout, &event, 1, PG_WAIT_EXTENSION);
        const bool latched = happened > 0 && (event.events & WL_LATCH_SET) != 0;
        if (latched) ResetLatch(MyLatch);
        return latched;
    });
}

bool Loop::turn(Instant latest) {
    const bool latched = wait(latest);
    const Instant now = Clock::now();
    for (const auto& source : sources_) source->run(now);
    scheduler_.turn(now);
    return latched;
}

}  // namespace fin::workers
