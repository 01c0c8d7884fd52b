// Chance with a seed: the same companies on every machine (the distributions of <random> differ between libraries).
#pragma once
#include <cmath>
#include <cstdint>

namespace fin::risk_model {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}

    double uniform() {  // splitmix64, [0, 1)
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return static_cast<double>((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
    }
    double between(double low, double high) { return low + (high - low) * uniform(); }
    int whole(int low, int high) { return low + static_cast<int>(uniform() * (high - low + 1)); }
    bool happens(double probability) { return uniform() < probability; }
    double normal() {
        const double u = 1 - uniform(), v = uniform();
        return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v);
    }
    double lognormal(double middle, double spread) { return middle * std::exp(spread * normal()); }

private:
    std::uint64_t state_;
};

}  // namespace fin::risk_model
