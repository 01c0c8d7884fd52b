// A worker's sign of life: from its loop, and from a timer while a handler keeps the loop from turning.
#pragma once
#include "state.hpp"

namespace fin::workers {

void beat(Slot& slot);

// While it lives, a timer beats for a handler that works rather than waits, but no longer than the handler may take:
// one that hangs is found out.
class Heartbeat {
public:
    Heartbeat(Slot& slot, double seconds);
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;
    ~Heartbeat();
};

}  // namespace fin::workers
