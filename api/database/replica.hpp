// When a read may go to the standby: how far it lags, and who has written what it may not have replayed yet.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fin::api {

// Lag of a standby from pairs of positions, without comparing the clocks of two machines: the age of the newest
// position of the primary that the standby has replayed.
class Lag {
public:
    using Time = std::chrono::steady_clock::time_point;
    void primary_at(Time when, std::uint64_t position);
    void replayed(std::uint64_t position);
    // Longest where nothing is known.
    std::chrono::milliseconds at(Time now) const;

private:
    struct Sample {
        Time when;
        std::uint64_t position;
    };
    std::deque<Sample> ahead_;  // not replayed yet, oldest first
    bool known_ = false;
    Time reached_{};  // when the newest replayed position was the primary's
    std::uint64_t replayed_ = 0;
};

// The position each client's last write ended at, until the standby has replayed it.
class Writers {
public:
    void wrote(std::string_view client, std::uint64_t position);
    // The client may have written: how far is known once the primary is asked again.
    void may_have_written(std::string_view client) { wrote(client, unknown); }
    void primary_at(std::uint64_t position);
    // Whether the client has written something the standby has not replayed.
    bool ahead(std::string_view client);
    void replayed(std::uint64_t position);  // from the one thread that watches the standby
    std::uint64_t replayed() const { return replayed_.load(std::memory_order_acquire); }
    std::size_t size() const;

private:
    static constexpr std::uint64_t unknown = ~std::uint64_t{0};
    static constexpr std::size_t shards = 16, most_per_shard = 8192;
    struct Shard {
        mutable std::mutex mutex;
        std::unordered_map<std::size_t, std::uint64_t>
            last;                 // by the hash of the client: a collision only waits longer
        std::uint64_t floor = 0;  // everyone's, where there are too many to remember
    };
    static std::size_t key(std::string_view client) { return std::hash<std::string_view>()(client); }

    std::array<Shard, shards> shards_;
    std::atomic<std::uint64_t> replayed_{0};
};

}  // namespace fin::api
