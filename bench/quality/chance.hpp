// Chance with a seed: the same companies on every machine (the distributions of <random> differ between libraries).
#pragma once
#include <cmath>
#include <cstddef>
#include <vector>

#include "anomaly/random.hpp"

namespace fin::quality {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : random_(seed) {}

    double uniform() { return random_.uniform(); }
    double between(double low, double high) { return low + (high - low) * random_.uniform(); }
    int whole(int low, int high) {
        return low + static_cast<int>(random_.below(static_cast<std::uint64_t>(high - low + 1)));
    }
    std::size_t index(std::size_t count) { return static_cast<std::size_t>(random_.below(count)); }
    bool happens(double probability) { return random_.uniform() < probability; }
    // Box and Muller, one of the two.
    double normal() {
        const double u = 1 - random_.uniform(), v = random_.uniform();
        return std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v);
    }
    double lognormal(double spread) { return std::exp(spread * normal()); }
    template <class T>
    const T& one_of(const std::vector<T>& list) {
        return list[index(list.size())];
    }
    template <class T>
    void shuffle(std::vector<T>& list) {
        for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[index(i)]);
    }

private:
    anomaly::Random random_;
};

}  // namespace fin::quality
