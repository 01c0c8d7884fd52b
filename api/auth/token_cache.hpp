// Verified tokens by their text. Bounded; the SIEVE rule decides who goes: entries leave in the order they came, unless
// they were used since the hand last passed them.
#pragma once
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fin::api {

template <class Value>
class TokenCache {
public:
    explicit TokenCache(std::size_t most) {
        constexpr std::size_t worth_sharding = 256, many = 16;
        const std::size_t count = most >= worth_sharding ? many : 1;
        for (std::size_t i = 0; i < count; ++i) {
            shards_.push_back(std::make_unique<Shard>());
            shards_.back()->most = (most + count - 1) / count;
        }
    }

    // Only tokens whose signature was good come in, so an attacker cannot fill it; equality is told in constant time.
    std::shared_ptr<const Value> find(std::string_view token) {
        const std::size_t hash = std::hash<std::string_view>()(token);
        Shard& shard = *shards_[hash % shards_.size()];
        const std::lock_guard<std::mutex> lock(shard.mutex);
        ++shard.requests;
        const auto found = shard.by_hash.find(hash);
        if (found == shard.by_hash.end() || !same(found->second->token, token)) return nullptr;
        ++shard.hits;
        found->second->used = true;
        return found->second->value;
    }

    void insert(std::string_view token, std::shared_ptr<const Value> value) {
        constexpr std::size_t longest = 8192;
        if (token.size() > longest) return;
        const std::size_t hash = std::hash<std::string_view>()(token);
        Shard& shard = *shards_[hash % shards_.size()];
        const std::lock_guard<std::mutex> lock(shard.mutex);
        if (shard.most == 0 || shard.by_hash.count(hash) > 0) return;
        if (shard.entries.size() >= shard.most) evict(shard);
        shard.entries.push_front({hash, std::string(token), std::move(value), false});
        shard.by_hash[hash] = shard.entries.begin();
    }

    struct Counts {
        std::uint64_t requests = 0, hits = 0, evictions = 0;
    };
    Counts counts() const {
        Counts sum;
        for (const auto& shard : shards_) {
            const std::lock_guard<std::mutex> lock(shard->mutex);
            sum.requests += shard->requests;
            sum.hits += shard->hits;
            sum.evictions += shard->evictions;
        }
        return sum;
    }

private:
    struct Entry {
        std::size_t hash;
        std::string token;
        std::shared_ptr<const Value> value;
        bool used;
    };
    using Entries = std::list<Entry>;
    struct alignas(64) Shard {
        mutable std::mutex mutex;
        Entries entries;                                  // newest first
        typename Entries::iterator hand = entries.end();  // end: the oldest is next
        std::unordered_map<std::size_t, typename Entries::iterator> by_hash;
        std::size_t most = 0;
        std::uint64_t requests = 0, hits = 0, evictions = 0;
    };

    static bool same(const std::string& a, std::string_view b) {
        if (a.size() != b.size()) return false;
        unsigned char difference = 0;
        for (std::size_t i = 0; i < b.size(); ++i) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
        return difference == 0;
    }

    static void evict(Shard& shard) {
        auto hand = shard.hand == shard.entries.end() ? std::prev(shard.entries.end()) : shard.hand;
        while (hand->used) {
            hand->used = false;
            hand = hand == shard.entries.begin() ? std::prev(shard.entries.end()) : std::prev(hand);
        }
        shard.hand = hand == shard.entries.begin() ? shard.entries.end() : std::prev(hand);
        shard.by_hash.erase(hand->hash);
        shard.entries.erase(hand);
        ++shard.evictions;
    }

    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace fin::api
