// Whose API keys are, as far as the database has told this server: requests with a key count for its owner. The secret
// itself is not kept: a key is known here by its id and the hash that the database holds.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace fin::api {

class KeyOwners {
public:
    // The user's id; empty where it is not known yet, which the next ask() will change, or where it is no key at all.
    // From any thread.
    std::string owner(std::string_view key, std::int64_t now);

    // The keys to ask the database for (fin.key_owners), a JSON array; empty: none.
    std::string ask();
    // Its answer {"<id>:<hash>": "<user id>"}; keys that are missing there are nobody's. Throws std::exception.
    void told(const std::string& answer, std::int64_t now);

    std::size_t size() const;

private:
    struct Known {
        std::string user;
        std::int64_t since = 0;
    };
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Known> known_;
    std::unordered_set<std::string> unknown_, asked_;
};

}  // namespace fin::api
