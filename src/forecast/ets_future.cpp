#include "forecast/ets_future.hpp"

#include <algorithm>

namespace fin::forecast {

namespace {

// Forms whose mean is linear in the states: classes 1 (additive error) and 2 (multiplicative) of the book. c_j is what
// an error of size 1 does to the value j steps later.
void linear_variances(const EtsForm& form, const EtsSmoothing& p, std::size_t period, double sigma2,
                      EtsFuture& future) {
    const std::size_t h = future.mean.size();
    std::vector<double> response(h, 0);
    double damped_sum = 0, power = 1;
    for (std::size_t j = 1; j < h; ++j) {
        power *= p.phi;
        damped_sum += power;
        response[j] = p.alpha + (form.trend == EtsTrend::none ? 0 : p.beta * damped_sum) +
                      (form.season != EtsSeason::none && j % period == 0 ? p.gamma : 0);
    }
    if (form.error == EtsError::additive) {
        double sum = 1;
        for (std::size_t i = 0; i < h; ++i) {
            sum += response[i] * response[i];
            future.variance[i] = sigma2 * sum;
        }
        return;
    }
    std::vector<double> square(h);  // mean square of the prediction made one step before
    for (std::size_t i = 0; i < h; ++i) {
        square[i] = future.mean[i] * future.mean[i];
        for (std::size_t j = 1; j <= i; ++j) square[i] += sigma2 * response[j] * response[j] * square[i - j];
        future.variance[i] = (1 + sigma2) * square[i] - future.mean[i] * future.mean[i];
    }
}

// Level and trend with their first and second moments under weights.
struct Moments {
    double l, b, ll, lb, bb;
};

// One step of (level, trend) under x' = (F + G e) x with a weight of (1 + gamma e)^2 on second moments and 1 + gamma e
// on first ones; gamma = 0 is a step without weight. e is Gaussian with variance v.
Moments step(const Moments& x, const EtsSmoothing& p, double gamma, double v) {
    // F x = (l + phi b, phi b); G x = (alpha, beta) (l + phi b).
    const double q = x.l + p.phi * x.b;
    const double qq = x.ll + 2 * p.phi * x.lb + p.phi * p.phi * x.bb;
    const double qc = p.phi * (x.lb + p.phi * x.bb);  // mean of (l + phi b)(phi b)
    const double cc = p.phi * p.phi * x.bb;
    // Means of (1 + gamma e)^2 e^k.
    const double e0 = 1 + gamma * gamma * v, e1 = 2 * gamma * v, e2 = v + 3 * gamma * gamma * v * v;
    Moments y{};
    y.l = q * (1 + p.alpha * gamma * v);
    y.b = p.phi * x.b + p.beta * gamma * v * q;
    y.ll = qq * (e0 + 2 * p.alpha * e1 + p.alpha * p.alpha * e2);
    y.lb = qc * (e0 + p.alpha * e1) + qq * (p.beta * e1 + p.alpha * p.beta * e2);
    y.bb = cc * e0 + 2 * p.beta * e1 * qc + p.beta * p.beta * e2 * qq;
    return y;
}

// Class 3: multiplicative error and season. The index of a step is its last one times 1 + gamma e for every past step
// of the same phase, so all steps of one phase share one run of weighted moments: period * horizon small steps, where
// the book has Kronecker products.
void multiplicative_moments(const EtsSmoothing& p, const EtsState& state, std::size_t phase, double sigma2,
                            EtsFuture& future) {
    const std::size_t period = state.season.size(), h = future.mean.size();
    for (std::size_t own = 0; own < std::min(period, h); ++own) {
        const double index = state.season[(phase + own) % period];
        Moments x{state.level, state.trend, state.level * state.level, state.level * state.trend,
                  state.trend * state.trend};
        for (std::size_t i = 0; i < h; ++i) {
            const bool same_phase = i % period == own;
            if (same_phase) {
                const double mean = index * (x.l + p.phi * x.b);
                const double square = index * index * (x.ll + 2 * p.phi * x.lb + p.phi * p.phi * x.bb);
                future.mean[i] = mean;
                future.variance[i] = std::max((1 + sigma2) * square - mean * mean, sigma2 * mean * mean);
            }
            x = step(x, p, same_phase ? p.gamma : 0, sigma2);
        }
    }
}

}  // namespace

EtsFuture future(const EtsForm& form, const EtsSmoothing& p, const EtsState& state, std::size_t phase, double sigma2,
                 int horizon) {
    const auto h = static_cast<std::size_t>(horizon);
    EtsFuture future{std::vector<double>(h), std::vector<double>(h), std::vector<Parts>(h)};
    const std::size_t period = std::max<std::size_t>(state.season.size(), 1);
    double move = 0, power = 1;
    for (std::size_t i = 0; i < h; ++i) {
        power *= p.phi;
        move += power * state.trend;
        future.parts[i].level = state.level;
        future.parts[i].trend = move;
        future.mean[i] = state.level + move;
        if (form.season == EtsSeason::additive) future.mean[i] += state.season[(phase + i) % period];
    }
    if (form.season == EtsSeason::multiplicative)
        multiplicative_moments(p, state, phase, sigma2, future);
    else
        linear_variances(form, p, period, sigma2, future);
    for (std::size_t i = 0; i < h; ++i)
        future.parts[i].season =
            form.season == EtsSeason::none ? 0 : future.mean[i] - future.parts[i].level - future.parts[i].trend;
    return future;
}

}  // namespace fin::forecast
