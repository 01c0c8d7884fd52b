// How long to wait before the database is tried again: 100 ms, doubling up to 32 s.
#pragma once
#include <algorithm>
#include <chrono>

namespace fin::api {

class Backoff {
public:
    std::chrono::milliseconds next() {
        const auto now = wait_;
        wait_ = std::min(wait_ * 2, std::chrono::milliseconds(32000));
        return now;
    }
    void reset() { wait_ = std::chrono::milliseconds(100); }

private:
    std::chrono::milliseconds wait_{100};
};

}  // namespace fin::api
