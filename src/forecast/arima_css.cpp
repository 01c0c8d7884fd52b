#include "forecast/arima_css.hpp"

#include <algorithm>
#include <cstddef>

namespace fin::forecast {

void conditional_errors(const Arma& model, std::span<const double> series, std::size_t skipped,
                        std::span<double> errors) {
    const std::size_t n = series.size();
    std::fill(errors.begin(), errors.end(), 0.0);
    std::copy(series.begin() + static_cast<std::ptrdiff_t>(std::min(skipped, n)), series.end(),
              errors.begin() + static_cast<std::ptrdiff_t>(std::min(skipped, n)));
    for (std::size_t i = 0; i < model.phi.size(); ++i) {
        const double weight = model.phi[i];
        if (weight == 0) continue;
        for (std::size_t t = std::max(skipped, i + 1); t < n; ++t) errors[t] -= weight * series[t - i - 1];
    }
    // Seasonal models have few weights among many lags.
    static constexpr std::size_t most = 64;
    std::size_t lags[most];
    double weights[most];
    std::size_t count = 0;
    for (std::size_t i = 0; i < model.theta.size() && count < most; ++i)
        if (model.theta[i] != 0) lags[count] = i + 1, weights[count++] = model.theta[i];
    for (std::size_t t = skipped; t < n; ++t)
        for (std::size_t k = 0; k < count && lags[k] + skipped <= t; ++k) errors[t] -= weights[k] * errors[t - lags[k]];
}

}  // namespace fin::forecast
