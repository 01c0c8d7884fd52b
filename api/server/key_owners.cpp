#include "api/server/key_owners.hpp"

#include <nlohmann/json.hpp>

#include "hash/sha256.hpp"

namespace fin::api {

namespace {

using nlohmann::json;

constexpr std::int64_t good_for = 60;  // s; a key that was revoked is refused at once, only its counting lags
constexpr std::size_t most_known = 100'000;
constexpr std::size_t most_unknown = 1000;  // of one second: made-up keys cost the database one short query
constexpr std::string_view prefix = "fin_", digits = "0123456789abcdef";
constexpr std::size_t id_size = 32, secret_size = 64;

bool is_hexadecimal(std::string_view text) { return text.find_first_not_of(digits) == std::string_view::npos; }

// "<id>:<SHA-256 of the secret>"; empty: no key.
std::string name_of(std::string_view key) {
    if (key.size() != prefix.size() + id_size + 1 + secret_size || key.substr(0, prefix.size()) != prefix) return {};
    const std::string_view id = key.substr(prefix.size(), id_size), secret = key.substr(prefix.size() + id_size + 1);
    if (key[prefix.size() + id_size] != '_' || !is_hexadecimal(id) || !is_hexadecimal(secret)) return {};
    return std::string(id) + ':' + hash::sha256(secret);
}

}  // namespace

std::string KeyOwners::owner(std::string_view key, std::int64_t now) {
    const std::string name = name_of(key);
    if (name.empty()) return {};
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(name);
    const bool fresh = found != known_.end() && now - found->second.since < good_for;
    if (!fresh && unknown_.size() < most_unknown) unknown_.insert(name);
    return found == known_.end() ? std::string() : found->second.user;
}

std::string KeyOwners::ask() {
    const std::lock_guard lock(mutex_);
    if (unknown_.empty()) return {};
    asked_.swap(unknown_);
    unknown_.clear();
    return json(asked_).dump();
}

void KeyOwners::told(const std::string& answer, std::int64_t now) {
    const json said = json::parse(answer);
    const std::lock_guard lock(mutex_);
    for (const std::string& name : asked_) {
        const auto found = said.find(name);
        if (found == said.end() || !found->is_string())
            known_.erase(name);
        else if (known_.count(name) > 0 || known_.size() < most_known)
            known_[name] = {found->get<std::string>(), now};
    }
    asked_.clear();
    // Who has not come for an hour is asked for anew.
    for (auto next = known_.begin(); next != known_.end();) {
        const auto here = next++;
        if (now - here->second.since > 3600) known_.erase(here);
    }
}

std::size_t KeyOwners::size() const {
    const std::lock_guard lock(mutex_);
    return known_.size();
}

}  // namespace fin::api
