// Which sources a worker's loop has beside its latch.
#include <sys/resource.h>

#include <algorithm>

#include "bridge.hpp"
#include "http/client.hpp"
#include "http/settings.hpp"
#include "loop.hpp"

extern "C" {
#include "storage/fd.h"
}

namespace fin::workers {

namespace {

// PostgreSQL counts its own files against the limit it found when the server began; sockets need what is above that.
int room_for_sockets() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 64;
    constexpr rlim_t wanted = 65'536;
    if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = std::min(wanted, limit.rlim_max);
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
    }
    const long above = static_cast<long>(std::min(limit.rlim_cur, wanted)) - max_safe_fds - 64;
    return static_cast<int>(std::clamp(above, 16L, 10'000L));
}

}  // namespace

void add_sources(Loop& loop) {
    auto http = std::make_unique<Client>(loop.scheduler(), http_policy, room_for_sockets());
    set_client(http.get());
    loop.add(std::move(http));
}

}  // namespace fin::workers
