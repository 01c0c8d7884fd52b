// The same random numbers on every machine: SplitMix64 (Steele, Lea, Flood 2014). The distributions of <random> differ
// between standard libraries and would make two servers fit two forests.
#pragma once
#include <cstdint>

namespace fin::anomaly {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15ULL;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
        return mixed ^ (mixed >> 31);
    }

    // In [0, 1), 53 bits.
    double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

    // In [0, count) for count of 1 to 2^53; the bias of the product is below count / 2^53.
    std::uint64_t below(std::uint64_t count) {
        const auto drawn = static_cast<std::uint64_t>(uniform() * static_cast<double>(count));
        return drawn < count ? drawn : count - 1;
    }

private:
    std::uint64_t state_;
};

}  // namespace fin::anomaly
