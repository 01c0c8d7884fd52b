#include "forecast/arima_transform.hpp"

#include <cmath>
#include <cstddef>

namespace fin::forecast {

std::vector<double> from_partial(std::span<const double> partial) {
    std::vector<double> coefficients, before;
    for (const double last : partial) {
        before = coefficients;
        for (std::size_t i = 0; i < before.size(); ++i) coefficients[i] -= last * before[before.size() - 1 - i];
        coefficients.push_back(last);
    }
    return coefficients;
}

std::vector<double> to_partial(std::span<const double> coefficients) {
    std::vector<double> partial(coefficients.begin(), coefficients.end()), before;
    for (std::size_t order = partial.size(); order > 0; --order) {
        const double last = partial[order - 1];
        if (!(std::abs(last) < 1)) return {};
        before.assign(partial.begin(), partial.begin() + static_cast<std::ptrdiff_t>(order) - 1);
        for (std::size_t i = 0; i + 1 < order; ++i)
            partial[i] = (before[i] + last * before[order - 2 - i]) / (1 - last * last);
    }
    return partial;
}

bool roots_beyond(std::span<const double> coefficients, double modulus) {
    // Stretching the polynomial by `modulus` divides its roots by it.
    std::vector<double> stretched(coefficients.begin(), coefficients.end());
    for (std::size_t i = 0; i < stretched.size(); ++i) stretched[i] *= std::pow(modulus, static_cast<double>(i + 1));
    return stretched.empty() || !to_partial(stretched).empty();
}

std::vector<double> product(std::span<const double> a, std::span<const double> b, int period) {
    const std::size_t season = static_cast<std::size_t>(period);
    std::vector<double> result(a.size() + season * b.size(), 0.0);
    for (std::size_t i = 0; i < a.size(); ++i) result[i] += a[i];
    for (std::size_t j = 0; j < b.size(); ++j) {
        const std::size_t lag = season * (j + 1);
        result[lag - 1] += b[j];
        for (std::size_t i = 0; i < a.size(); ++i) result[lag + i] -= a[i] * b[j];
    }
    return result;
}

}  // namespace fin::forecast
