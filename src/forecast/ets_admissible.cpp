#include "forecast/ets_admissible.hpp"

#include <cmath>
#include <utility>
#include <vector>

namespace fin::forecast {

bool admissible(const EtsSmoothing& given, int period) {
    const auto m = static_cast<double>(period);
    // The polynomial is that of a level that moves by the trend itself; here and in R it moves by phi times the trend,
    // which is the same model with phi beta for beta. (R leaves beta as it is and so refuses a few admissible values.)
    EtsSmoothing p = given;
    p.beta *= p.phi;
    if (p.gamma < std::max(1 - 1 / p.phi - p.alpha, 0.0) || p.gamma > 1 + 1 / p.phi - p.alpha) return false;
    if (p.alpha < 1 - 1 / p.phi - p.gamma * (1 - m + p.phi + p.phi * m) / (2 * p.phi * m)) return false;
    if (p.beta < -(1 - p.phi) * (p.gamma / m + p.alpha)) return false;
    // Highest power first.
    std::vector<double> polynomial = {1, p.alpha + p.beta - p.phi};
    for (int i = 0; i < period - 2; ++i) polynomial.push_back(p.alpha + p.beta - p.alpha * p.phi);
    polynomial.push_back(p.alpha + p.beta - p.alpha * p.phi + p.gamma - 1);
    polynomial.push_back(p.phi * (1 - p.alpha - p.gamma));
    if (p.beta == 0 && p.phi == 1) {
        // Without a trend 1 is always a root (the level); the others decide.
        for (std::size_t i = 1; i < polynomial.size(); ++i) polynomial[i] += polynomial[i - 1];
        polynomial.pop_back();
    }
    // Schur and Cohn: the degree falls by one as long as the reflection is below 1; no root has to be found.
    while (polynomial.size() > 1) {
        const std::size_t last = polynomial.size() - 1;
        const double reflection = polynomial[last] / polynomial[0];
        if (!(std::abs(reflection) < 1)) return false;
        std::vector<double> lower(last);
        for (std::size_t i = 0; i < last; ++i) lower[i] = polynomial[i] - reflection * polynomial[last - i];
        polynomial = std::move(lower);
    }
    return true;
}

}  // namespace fin::forecast
