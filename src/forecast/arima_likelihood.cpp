#include "forecast/arima_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "forecast/least_squares.hpp"

namespace fin::forecast {

namespace {

// Autocovariances 0..last of an AR process with unit shocks: through the models of all lower orders, whose
// autocorrelations follow one from another (Demeure and Mullis 1989).
bool ar_covariances(std::span<const double> phi, std::size_t last, std::vector<double>& covariance) {
    const std::size_t order = phi.size();
    covariance.assign(last + 1, 0.0);
    if (order == 0) {
        covariance[0] = 1;
        return true;
    }
    const std::vector<double> partial = to_partial(phi);
    if (partial.empty()) return false;
    double shock = 1;  // variance of the shock in units of the variance of the process
    for (const double r : partial) shock *= (1 - r) * (1 + r);
    if (!(shock > 1e-14)) return false;
    covariance[0] = 1;
    std::vector<double> lower, before;
    double error = 1;
    for (std::size_t k = 1; k <= last; ++k) {
        double value = 0;
        if (k <= order) {
            for (std::size_t i = 0; i < lower.size(); ++i) value += lower[i] * covariance[k - 1 - i];
            const double r = partial[k - 1];
            value += r * error;
            error *= (1 - r) * (1 + r);
            before = lower;
            for (std::size_t i = 0; i < before.size(); ++i) lower[i] -= r * before[before.size() - 1 - i];
            lower.push_back(r);
        } else {
            for (std::size_t i = 0; i < order; ++i) value += phi[i] * covariance[k - 1 - i];
        }
        covariance[k] = value;
    }
    for (double& value : covariance) value /= shock;
    return true;
}

struct Tap {
    std::size_t lag;
    double weight;
};

std::vector<Tap> taps(std::span<const double> coefficients) {
    std::vector<Tap> result;
    for (std::size_t i = 0; i < coefficients.size(); ++i)
        if (coefficients[i] != 0) result.push_back({i + 1, coefficients[i]});
    return result;
}

}  // namespace

bool arma_start(const Arma& model, ArmaStart& start) {
    const std::size_t p = model.phi.size(), q = model.theta.size(), size = std::max(p, q + 1);
    const std::vector<Tap> ar = taps(model.phi);
    std::vector<Tap> ma = taps(model.theta);
    ma.insert(ma.begin(), {0, 1.0});

    std::vector<double> pure;
    const std::size_t needed = std::max<std::size_t>(p, 1);
    if (!ar_covariances(model.phi, needed + q, pure)) return false;
    // Covariances of the moving average weigh those of the AR process.
    std::vector<double> covariance(needed + 1, 0.0), blur(q + 1, 0.0);
    for (const Tap& a : ma)
        for (const Tap& b : ma)
            if (a.lag >= b.lag) blur[a.lag - b.lag] += a.weight * b.weight;
    for (std::size_t s = 0; s <= q; ++s) {
        if (blur[s] == 0) continue;
        for (std::size_t k = 0; k <= needed; ++k)
            covariance[k] += blur[s] * (s == 0 ? pure[k] : pure[k + s] + pure[k > s ? k - s : s - k]);
    }

    // Response of the process to a shock, `lag` steps later.
    std::vector<double> response(size, 0.0);
    for (const Tap& b : ma) response[b.lag] = b.weight;
    for (std::size_t k = 1; k < size; ++k)
        for (const Tap& a : ar) {
            if (a.lag > k) break;
            response[k] += a.weight * response[k - a.lag];
        }

    // Element i of the state holds the parts of future values that phi_j, theta_(j-1), j >= i, carry from the past.
    start.variance = covariance[0];
    start.gain.assign(size, 0.0);
    for (std::size_t i = 0; i < size; ++i) {
        double value = i < p ? model.phi[i] * covariance[0] : 0;
        for (const Tap& a : ar)
            if (a.lag >= i + 2) value += a.weight * covariance[a.lag - i - 1];
        for (const Tap& b : ma)
            if (b.lag >= i + 1) value += b.weight * response[b.lag - i - 1];
        start.gain[i] = value;
    }
    return std::isfinite(start.variance) && start.variance > 0;
}

ExactLikelihood::ExactLikelihood(std::vector<double> series, std::vector<std::vector<double>> columns,
                                 std::size_t nuisance)
    : length_(series.size()), nuisance_(nuisance) {
    columns_.push_back(std::move(series));
    for (auto& column : columns) columns_.push_back(std::move(column));
    state_.resize(columns_.size());
    error_.assign(columns_.size(), std::vector<double>(length_));
    root_.resize(length_);
}

double ExactLikelihood::log_likelihood() const {
    const double n = static_cast<double>(observations());
    return -0.5 * (n * (std::log(2 * std::numbers::pi * sum_ / n) + 1) + log_determinant_);
}

double ExactLikelihood::effect_variance(std::span<const double> weights) const {
    const std::size_t count = effects_.size();
    std::vector<double> solved(weights.begin(), weights.end());
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t k = 0; k < i; ++k) solved[i] -= normal_[i * count + k] * solved[k];
        solved[i] /= normal_[i * count + i];
        sum += solved[i] * solved[i];
    }
    return sum;
}

// Chandrasekhar recursions (Morf, Sidhu and Kailath 1974; Pearlman 1980): the covariance of a stationary state changes
// from step to step by a matrix of rank one, change * weight * change', so a step costs the state's size, not its
// square.
bool ExactLikelihood::evaluate(const Arma& model) {
    if (!arma_start(model, start_) || start_.variance > 1e100) return false;
    size_ = start_.gain.size();
    phi_ = model.phi;
    phi_.resize(size_, 0.0);
    gain_ = change_ = start_.gain;
    change_.push_back(0.0);
    for (auto& state : state_) state.assign(size_ + 1, 0.0);

    double variance = start_.variance, weight = -1 / variance;
    log_determinant_ = 0;
    double determinant = 1;  // multiplied up, as long as it fits, to save logarithms
    bool steady = false;
    for (std::size_t t = 0; t < length_; ++t) {
        const double root = std::sqrt(variance);
        root_[t] = root;
        determinant *= variance;
        if (determinant > 1e200) log_determinant_ += std::log(determinant), determinant = 1;
        for (std::size_t s = 0; s < columns_.size(); ++s) {
            double* __restrict state = state_[s].data();
            const double first = state[0], error = columns_[s][t] - first, scaled = error / variance;
            error_[s][t] = error;
            const double* __restrict phi = phi_.data(), * __restrict gain = gain_.data();
            for (std::size_t i = 0; i < size_; ++i) state[i] = phi[i] * first + state[i + 1] + gain[i] * scaled;
        }
        if (steady) continue;
        const double first = change_[0], carried = weight * first, share = first / variance;
        double* __restrict change = change_.data(), * __restrict gain = gain_.data();
        const double* __restrict phi = phi_.data();
        double largest = 0;
        for (std::size_t i = 0; i < size_; ++i) {
            const double moved = phi[i] * first + change[i + 1], old = gain[i];
            gain[i] = old + moved * carried;
            change[i] = moved - old * share;
        }
        const double next = variance + first * carried;
        if (!(next > 0.5)) return false;  // an innovation has at least the variance of its shock, 1
        weight *= variance / next;
        variance = next;
        if ((t & 7U) == 7U) {
            for (std::size_t i = 0; i < size_; ++i) largest = std::max(largest, std::abs(change[i]));
            steady = largest * largest * -weight < 1e-13;
        }
    }
    log_determinant_ += std::log(determinant);
    return concentrate();
}

bool ExactLikelihood::concentrate() {
    for (auto& error : error_)
        for (std::size_t t = 0; t < length_; ++t) error[t] /= root_[t];
    const std::size_t count = columns_.size() - 1;
    effects_.assign(count, 0.0);
    standardised_ = error_[0];
    if (count > 0) {
        normal_.assign(count * count, 0.0);
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t j = 0; j <= i; ++j) {
                double sum = 0;
                for (std::size_t t = 0; t < length_; ++t) sum += error_[i + 1][t] * error_[j + 1][t];
                normal_[i * count + j] = normal_[j * count + i] = sum;
            }
            for (std::size_t t = 0; t < length_; ++t) effects_[i] += error_[i + 1][t] * error_[0][t];
        }
        if (!solve_positive(normal_, effects_)) return false;
        for (std::size_t i = 0; i < nuisance_; ++i) log_determinant_ += 2 * std::log(normal_[i * count + i]);
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t t = 0; t < length_; ++t) standardised_[t] -= effects_[i] * error_[i + 1][t];
    }
    sum_ = 0;
    innovations_.resize(length_);
    for (std::size_t t = 0; t < length_; ++t) {
        sum_ += standardised_[t] * standardised_[t];
        innovations_[t] = standardised_[t] * root_[t];
    }
    next_state_ = state_[0];
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < next_state_.size(); ++k) next_state_[k] -= effects_[i] * state_[i + 1][k];
    return std::isfinite(sum_) && std::isfinite(log_determinant_);
}

}  // namespace fin::forecast
