// A fingerprint of the first simulated companies: the shipped model carries the one it was trained with, so that a test
// sees when the companies are no longer those that it has learned from.
#pragma once
#include <cstdint>
#include <string>

#include "companies.hpp"

namespace fin::risk_model {

inline constexpr std::uint64_t fingerprinted_companies = 100;

// FNV-1a over days, whole units of money and what followed.
inline std::string fingerprint(std::uint64_t companies) {
    std::uint64_t hash = 0xCBF29CE484222325u;
    const auto take = [&](std::int64_t value) {
        for (int i = 0; i < 8; ++i)
            hash = (hash ^ (static_cast<std::uint64_t>(value) >> (8 * i) & 0xFF)) * 0x100000001B3u;
    };
    for (std::uint64_t seed = 1; seed <= companies; ++seed) {
        const Simulated made = company(seed);
        for (std::size_t i = 0; i < made.ledger.size(); ++i) {
            take(made.ledger.day[i]);
            take(made.ledger.amount[i].units / 10'000);
        }
        take(made.trouble);
    }
    static const char* const digits = "0123456789abcdef";
    std::string text;
    for (int i = 60; i >= 0; i -= 4) text += digits[hash >> i & 15];
    return text;
}

}  // namespace fin::risk_model
