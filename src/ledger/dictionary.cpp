#include "ledger/dictionary.hpp"

#include <cstring>

namespace fin::ledger {

namespace {

// Multiply and fold, eight bytes at a time. Only speed depends on it: codes follow the order of appearance.
std::uint32_t hash_of(std::string_view text) {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U;
    std::uint64_t hash = text.size() * odd;
    const auto mix = [&](std::uint64_t word) {
        hash = (hash ^ word) * odd;
        hash ^= hash >> 32;
    };
    while (text.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), 8);
        mix(word);
        text.remove_prefix(8);
    }
    std::uint64_t rest = 0;
    if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
    mix(rest);
    return static_cast<std::uint32_t>(hash ^ (hash >> 29));
}

}  // namespace

std::size_t Dictionary::slot_of(std::string_view text, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        const Slot& slot = slots_[at];
        if (slot.code == no_code) return at;
        if (slot.hash == hash && texts_[static_cast<std::size_t>(slot.code)] == text) return at;
    }
}

void Dictionary::grow() {
    std::vector<Slot> larger(slots_.empty() ? 64 : slots_.size() * 2);
    const std::size_t mask = larger.size() - 1;
    for (const Slot& slot : slots_) {
        if (slot.code == no_code) continue;
        std::size_t at = slot.hash & mask;
        while (larger[at].code != no_code) at = (at + 1) & mask;
        larger[at] = slot;
    }
    slots_ = std::move(larger);
}

Code Dictionary::code(std::string_view text) {
    if (text.empty()) return no_code;
    if (texts_.size() * 2 >= slots_.size()) grow();
    const std::uint32_t hash = hash_of(text);
    Slot& slot = slots_[slot_of(text, hash)];
    if (slot.code == no_code) {
        texts_.emplace_back(text);
        slot = {hash, static_cast<Code>(texts_.size() - 1)};
    }
    return slot.code;
}

Code Dictionary::find(std::string_view text) const {
    if (text.empty() || slots_.empty()) return no_code;
    return slots_[slot_of(text, hash_of(text))].code;
}

}  // namespace fin::ledger
