#include "api/database/replica.hpp"

#include <algorithm>

namespace fin::api {

void Lag::primary_at(Time when, std::uint64_t position) {
    if (known_ && position <= replayed_) {
        reached_ = std::max(reached_, when);
        ahead_.clear();
        return;
    }
    // A standby that stands still must not fill the memory: one sample stands for all of one position.
    if (!ahead_.empty() && ahead_.back().position == position) {
        ahead_.back().when = when;
        return;
    }
    if (ahead_.size() >= 1000) ahead_.pop_front();
    ahead_.push_back({when, position});
}

void Lag::replayed(std::uint64_t position) {
    replayed_ = position;
    while (!ahead_.empty() && ahead_.front().position <= position) {
        known_ = true;
        reached_ = ahead_.front().when;
        ahead_.pop_front();
    }
}

std::chrono::milliseconds Lag::at(Time now) const {
    if (!known_) return std::chrono::milliseconds::max();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - reached_);
}

void Writers::wrote(std::string_view client, std::uint64_t position) {
    const auto hash = key(client);
    Shard& shard = shards_[hash % shards];
    const std::lock_guard lock(shard.mutex);
    if (shard.last.size() >= most_per_shard && shard.last.count(hash) == 0) {
        // Too many writers at once: from here all of this shard wait for the newest of them.
        for (const auto& entry : shard.last) shard.floor = std::max(shard.floor, entry.second);
        shard.last.clear();
    }
    auto& last = shard.last[hash];
    last = std::max(last, position);
}

void Writers::primary_at(std::uint64_t position) {
    for (auto& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        if (shard.floor == unknown) shard.floor = position;
        for (auto& entry : shard.last)
            if (entry.second == unknown) entry.second = position;
    }
}

bool Writers::ahead(std::string_view client) {
    const auto hash = key(client);
    const auto reached = replayed();
    Shard& shard = shards_[hash % shards];
    const std::lock_guard lock(shard.mutex);
    if (shard.floor > reached) return true;
    const auto found = shard.last.find(hash);
    if (found == shard.last.end()) return false;
    if (found->second > reached) return true;
    shard.last.erase(found);
    return false;
}

void Writers::replayed(std::uint64_t position) {
    replayed_.store(position, std::memory_order_release);
    for (auto& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        for (auto entry = shard.last.begin(); entry != shard.last.end();)
            entry = entry->second <= position ? shard.last.erase(entry) : std::next(entry);
    }
}

std::size_t Writers::size() const {
    std::size_t total = 0;
    for (const auto& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        total += shard.last.size();
    }
    return total;
}

}  // namespace fin::api
