// Fixed forms and orders reach the highest of several hills of their likelihood. The figures are R's best of 60 starts
// (test/reference/highest_hill.R made them and writes the same series).
#include <cmath>
#include <cstdint>

#include "forecast/models.hpp"

using namespace fin::forecast;

namespace {

// A level with a fading trend, by the generator of Lehmer (Park and Miller 1988).
std::vector<double> series(std::uint64_t seed) {
    const auto shock = [&seed] {
        seed = seed * 16807 % 2147483647;
        return static_cast<double>(seed) / 2147483647 - 0.5;
    };
    shock();
    shock();
    std::vector<double> values;
    double level = 100, trend = 0.8;
    for (int t = 0; t < 40; ++t) {
        const double error = 12 * shock();
        trend = 0.9 * trend + 0.05 * error;
        level += trend + 0.5 * error;
        values.push_back(std::floor((level + error) * 10 + 0.5) / 10);
    }
    return values;
}

double ets_likelihood(std::uint64_t seed, EtsError error) {
    const auto values = series(seed);
    return ets({values, 4}, 4, {error, EtsTrend::damped, EtsSeason::none}).log_likelihood;
}

double arima_likelihood(std::uint64_t seed, const ArimaOrder& order) {
    const auto values = series(seed);
    return arima({values, 4}, 4, order).log_likelihood;
}

}  // namespace

// Steps that held two smoothing parameters at their bounds at once ended 0.43 and 0.10 lower.
TEST(HighestHill, OfDampedSmoothing) {
    EXPECT_NEAR(ets_likelihood(55, EtsError::multiplicative), -139.9290, 1e-3);
    EXPECT_NEAR(ets_likelihood(53, EtsError::additive), -140.5617, 1e-3);
}

// Cycles of both sides that nearly cancel have a hill for each length: other starts ended 2.6 and 0.5 lower. The top of
// the first is at a moving average on the unit circle, which the search only comes near to.
TEST(HighestHill, OfAnArmaWithCycles) {
    EXPECT_NEAR(arima_likelihood(27, {2, 0, 2, 0, 0, 0, true}), -117.6503, 0.03);
    EXPECT_NEAR(arima_likelihood(5, {2, 1, 2, 0, 1, 1, false}), -105.7819, 1e-3);
}
