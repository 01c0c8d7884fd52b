#include "forecast/arima_css.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

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
    std::vector<std::pair<std::size_t, double>> taps;
    taps.reserve(model.theta.size());
    for (std::size_t i = 0; i < model.theta.size(); ++i)
        if (model.theta[i] != 0) taps.emplace_back(i + 1, model.theta[i]);
    for (std::size_t t = skipped; t < n; ++t) {
        double error = errors[t];
        for (const auto& [lag, weight] : taps) {
            if (lag + skipped > t) break;
            error -= weight * errors[t - lag];
        }
        errors[t] = error;
    }
}

}  // namespace fin::forecast
