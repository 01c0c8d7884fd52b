#include "forecast/ets_recursion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fin::forecast {

EtsLayout::EtsLayout(const EtsForm& given, int given_period) : period(given_period), form(given) {
    size = 1;
    if (form.trend != EtsTrend::none) beta = size++;
    if (form.season != EtsSeason::none) gamma = size++;
    if (form.trend == EtsTrend::damped) phi = size++;
    if (form.season == EtsSeason::none) level = size++;
    if (form.trend != EtsTrend::none) trend = size++;
    if (form.season != EtsSeason::none) season = size, size += period;
}

int EtsLayout::free_parameters() const { return size; }

double EtsSums::criterion(std::size_t n) const {
    if (!possible) return std::numeric_limits<double>::infinity();
    // A perfect fit has no finite likelihood. Values are near 1 here, so errors below 1e-12 are rounding.
    const auto count = static_cast<double>(n);
    return count * std::log(std::max(squares, count * 1e-24)) + 2 * log_predictions;
}

EtsSums run(const EtsForm& form, const EtsSmoothing& p, EtsState& state, std::span<const double> values,
            EtsTrace* trace) {
    EtsSums sums;
    const std::size_t period = std::max<std::size_t>(state.season.size(), 1);
    std::size_t phase = 0;
    double product = 1;  // of predictions: one logarithm for many steps
    for (const double value : values) {
        const double move = p.phi * state.trend, base = state.level + move;
        double predicted = base, error = 0, base_error = 0;
        if (form.season == EtsSeason::multiplicative) {
            double& index = state.season[phase];
            if (!(base > 0) || !(index > 0)) return sums;
            predicted = base * index;
            error = value - predicted;
            base_error = error / index;
        } else {
            if (form.season == EtsSeason::additive) predicted += state.season[phase];
            base_error = error = value - predicted;
        }
        if (trace != nullptr) {
            trace->fitted.push_back(predicted);
            trace->level.push_back(state.level);
            trace->trend.push_back(move);
            trace->season.push_back(predicted - base);
        }
        if (form.error == EtsError::multiplicative) {
            if (!(predicted > 0)) return sums;
            const double relative = error / predicted;
            sums.squares += relative * relative;
            product *= predicted;
            if (product > 1e100 || product < 1e-100) sums.log_predictions += std::log(product), product = 1;
        } else {
            sums.squares += error * error;
        }
        state.level = base + p.alpha * base_error;
        state.trend = move + p.beta * base_error;
        if (form.season == EtsSeason::multiplicative)
            state.season[phase] += p.gamma * error / base;
        else if (form.season == EtsSeason::additive)
            state.season[phase] += p.gamma * error;
        if (++phase == period) phase = 0;
    }
    sums.log_predictions += std::log(product);
    sums.possible = std::isfinite(sums.squares) && std::isfinite(sums.log_predictions);
    return sums;
}

EtsSums run(const EtsLayout& layout, const EtsSmoothing& p, EtsState state, std::span<const double> values,
            EtsDerivatives& d) {
    const auto n = static_cast<Eigen::Index>(values.size());
    const Eigen::Index size = layout.size;
    const EtsSeason season = layout.form.season;
    const bool relative = layout.form.error == EtsError::multiplicative;
    d.errors.resize(n);
    d.jacobian.resize(size, n);
    d.log_gradient.setZero(size);

    // Derivatives of each state by each unknown.
    Eigen::ArrayXd d_level = Eigen::ArrayXd::Zero(size), d_trend = d_level, d_move = d_level, d_base = d_level,
                   d_predicted = d_level, d_error = d_level;
    Eigen::ArrayXXd d_season = Eigen::ArrayXXd::Zero(size, season == EtsSeason::none ? 1 : layout.period);
    if (layout.level >= 0) d_level[layout.level] = 1;
    if (layout.trend >= 0) d_trend[layout.trend] = 1;
    if (layout.season >= 0)
        for (int j = 0; j < layout.period; ++j) d_season(layout.season + j, j) = 1;

    EtsSums sums;
    Eigen::Index phase = 0;
    for (Eigen::Index t = 0; t < n; ++t) {
        const double value = values[static_cast<std::size_t>(t)];
        const double move = p.phi * state.trend, base = state.level + move;
        if (layout.trend >= 0) {
            d_move = p.phi * d_trend;
            if (layout.phi >= 0) d_move[layout.phi] += state.trend;
            d_base = d_level + d_move;
        } else {
            d_base = d_level;
        }
        auto d_index = d_season.col(phase);
        double predicted = base, base_error = 0, index = 0;
        if (season == EtsSeason::multiplicative) {
            index = state.season[static_cast<std::size_t>(phase)];
            if (!(base > 0) || !(index > 0)) return sums;
            predicted = base * index;
            d_predicted = index * d_base + base * d_index;
            base_error = value / index - base;
            d_error = -(value / (index * index)) * d_index - d_base;
        } else if (season == EtsSeason::additive) {
            index = state.season[static_cast<std::size_t>(phase)];
            predicted += index;
            d_predicted = d_base + d_index;
            base_error = value - predicted;
            d_error = -d_predicted;
        } else {
            d_predicted = d_base;
            base_error = value - predicted;
            d_error = -d_predicted;
        }
        const double error = value - predicted;
        if (relative) {
            if (!(predicted > 0)) return sums;
            d.errors[t] = error / predicted;
            d.jacobian.col(t) = (-value / (predicted * predicted)) * d_predicted.matrix();
            d.log_gradient += d_predicted.matrix() / predicted;
            sums.log_predictions += std::log(predicted);
        } else {
            d.errors[t] = error;
            d.jacobian.col(t) = -d_predicted.matrix();
        }
        if (season == EtsSeason::multiplicative) {
            const double season_error = value / base - index;
            d_index = (1 - p.gamma) * d_index - (p.gamma * value / (base * base)) * d_base;
            d_index[layout.gamma] += season_error;
            state.season[static_cast<std::size_t>(phase)] = index + p.gamma * season_error;
        } else if (season == EtsSeason::additive) {
            d_index += p.gamma * d_error;
            d_index[layout.gamma] += error;
            state.season[static_cast<std::size_t>(phase)] = index + p.gamma * error;
        }
        d_level = d_base + p.alpha * d_error;
        d_level[layout.alpha] += base_error;
        state.level = base + p.alpha * base_error;
        if (layout.trend >= 0) {
            d_trend = d_move + p.beta * d_error;
            d_trend[layout.beta] += base_error;
            state.trend = move + p.beta * base_error;
        }
        if (++phase == layout.period || season == EtsSeason::none) phase = 0;
    }
    sums.squares = d.errors.squaredNorm();
    sums.possible = std::isfinite(sums.squares) && std::isfinite(sums.log_predictions);
    return sums;
}

}  // namespace fin::forecast
