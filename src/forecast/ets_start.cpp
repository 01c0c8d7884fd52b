#include "forecast/ets_start.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace fin::forecast {

namespace {

// Seasonal indices by centred moving averages (three seasons and more).
std::vector<double> classical_indices(std::span<const double> y, std::size_t m, bool multiplicative) {
    std::vector<double> sum(m, 0), count(m, 0);
    const std::size_t half = m / 2;
    for (std::size_t t = half; t + half < y.size(); ++t) {
        double average = 0;
        for (std::size_t i = t - half; i <= t + half; ++i)
            average += y[i] * (m % 2 == 0 && (i == t - half || i == t + half) ? 0.5 : 1.0);
        average /= static_cast<double>(m);
        if (multiplicative && !(average > 0)) continue;
        sum[t % m] += multiplicative ? y[t] / average : y[t] - average;
        count[t % m] += 1;
    }
    for (std::size_t j = 0; j < m; ++j) sum[j] = count[j] > 0 ? sum[j] / count[j] : (multiplicative ? 1 : 0);
    return sum;
}

// With less than three seasons: a line and one pair of Fourier terms; the indices are the wave, not the noise.
std::vector<double> wave_indices(std::span<const double> y, std::size_t m, bool multiplicative) {
    const auto n = static_cast<Eigen::Index>(y.size());
    Eigen::MatrixXd terms(n, 4);
    const double turn = 2 * std::numbers::pi / static_cast<double>(m);
    for (Eigen::Index t = 0; t < n; ++t) {
        const auto step = static_cast<double>(t);
        terms.row(t) << 1, step, std::sin(turn * step), std::cos(turn * step);
    }
    const Eigen::Map<const Eigen::VectorXd> values(y.data(), n);
    const Eigen::VectorXd fit = terms.colPivHouseholderQr().solve(values);
    const double middle = values.mean();
    std::vector<double> indices(m);
    for (std::size_t j = 0; j < m; ++j) {
        const auto step = static_cast<double>(j);
        const double wave = fit[2] * std::sin(turn * step) + fit[3] * std::cos(turn * step);
        indices[j] = multiplicative ? 1 + (middle > 0 ? wave / middle : 0) : wave;
    }
    return indices;
}

}  // namespace

EtsState starting_state(const EtsForm& form, std::span<const double> y, int period) {
    EtsState state;
    std::vector<double> adjusted(y.begin(), y.end());
    const auto m = static_cast<std::size_t>(form.season == EtsSeason::none ? 1 : period);
    if (form.season != EtsSeason::none) {
        const bool multiplicative = form.season == EtsSeason::multiplicative;
        auto& indices = state.season;
        indices = y.size() >= 3 * m ? classical_indices(y, m, multiplicative) : wave_indices(y, m, multiplicative);
        // Indices near 0 would blow up the adjusted values (dividing by them).
        if (multiplicative)
            for (double& index : indices) index = std::max(index, 0.05);
        const double middle = std::accumulate(indices.begin(), indices.end(), 0.0) / static_cast<double>(m);
        for (double& index : indices) index = multiplicative ? index / middle : index - middle;
        for (std::size_t t = 0; t < y.size(); ++t)
            adjusted[t] = multiplicative ? y[t] / indices[t % m] : y[t] - indices[t % m];
    }
    const std::size_t first = std::min(std::max<std::size_t>(10, 2 * m), adjusted.size());
    const auto count = static_cast<double>(first);
    const double mean =
        std::accumulate(adjusted.begin(), adjusted.begin() + static_cast<std::ptrdiff_t>(first), 0.0) / count;
    state.level = mean;
    if (form.trend != EtsTrend::none && first > 1) {
        const double middle = (count + 1) / 2;
        double slope = 0, spread = 0;
        for (std::size_t t = 0; t < first; ++t) {
            const double step = static_cast<double>(t) + 1 - middle;
            slope += step * (adjusted[t] - mean);
            spread += step * step;
        }
        state.trend = slope / spread;
        state.level = mean - middle * state.trend;
        // Forms for positive values must start positive.
        const double least = 0.1 * std::abs(mean);
        if (state.level + state.trend < least && mean > 0) state.level = mean, state.trend = 0;
    }
    return state;
}

}  // namespace fin::forecast
