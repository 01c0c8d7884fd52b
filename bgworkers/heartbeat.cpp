#include "heartbeat.hpp"

#include <algorithm>

#include "settings.hpp"

extern "C" {
#include "utils/timeout.h"
}

namespace fin::workers {

namespace {

// Read by the timer's handler, which may run at any instruction.
Slot* volatile beating = nullptr;
volatile TimestampTz beating_until = 0;

void on_timer() {
    const TimestampTz now = GetCurrentTimestamp();
    Slot* const slot = beating;
    if (slot && now < beating_until) pg_atomic_write_u64(&slot->heartbeat_at, static_cast<std::uint64_t>(now));
}

TimeoutId timer() {
    static const TimeoutId id = RegisterTimeout(USER_TIMEOUT, on_timer);
    return id;
}

}  // namespace

void beat(Slot& slot) { pg_atomic_write_u64(&slot.heartbeat_at, static_cast<std::uint64_t>(GetCurrentTimestamp())); }

Heartbeat::Heartbeat(Slot& slot, double seconds) {
    const int pause = std::max(100, std::min(10'000, patience / 3));
    beating_until = GetCurrentTimestamp() + static_cast<TimestampTz>(seconds * USECS_PER_SEC);
    beating = &slot;
    enable_timeout_every(timer(), TimestampTzPlusMilliseconds(GetCurrentTimestamp(), pause), pause);
}

Heartbeat::~Heartbeat() {
    beating = nullptr;
    disable_timeout(timer(), false);
}

}  // namespace fin::workers
