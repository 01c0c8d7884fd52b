// Automatic choice of an ARIMA order: differences by tests, the rest by a stepwise walk to the least AICc (Hyndman and
// Khandakar 2008, as forecast::auto.arima of R does it).
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "error.hpp"
#include "forecast/arima_estimate.hpp"
#include "timeseries/unit_root.hpp"

namespace fin::forecast {

namespace {

using timeseries::is_constant;

// Walks that go further cost twice the time and forecast no better: over 600 monthly series the error without this
// bound was 0.1 to 0.4 % higher.
constexpr int most_coefficients = 5;

class Walk {
public:
    Walk(Differenced series, int d, int D, const ArimaLimits& limits, const InterruptCheck& check)
        : series_(std::move(series)), d_(d), D_(D), limits_(limits), check_(check) {}

    // Best order found; found is false where none can be estimated.
    Estimate run(std::size_t length) {
        const bool constant = d_ + D_ <= 1, seasonal = series_.period > 1;
        const int start = length < 10 ? 1 : 2;
        const int P = seasonal && length >= 10 ? 1 : 0;
        (void)try_order(std::min(start, limits_.max_p), std::min(start, limits_.max_q), std::min(P, limits_.max_P),
                        std::min(P, limits_.max_Q), constant);
        (void)try_order(0, 0, 0, 0, constant);
        (void)try_order(std::min(1, limits_.max_p), 0, std::min(P, limits_.max_P), 0, constant);
        (void)try_order(0, std::min(1, limits_.max_q), 0, std::min(P, limits_.max_Q), constant);
        if (constant) (void)try_order(0, 0, 0, 0, false);
        while (tried_.size() < 94 && step()) {
        }
        return best_;
    }

    const Differenced& series() const { return series_; }

private:
    // One round of neighbours; ends at the first that is better.
    bool step() {
        static constexpr std::array<std::array<int, 2>, 8> seasonal = {
            {{-1, 0}, {0, -1}, {1, 0}, {0, 1}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}}};
        static constexpr std::array<std::array<int, 2>, 8> plain = {
            {{-1, 0}, {0, -1}, {1, 0}, {0, 1}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}}};
        const ArimaOrder now = best_.order;
        for (const auto& [P, Q] : seasonal)
            if (try_order(now.p, now.q, now.P + P, now.Q + Q, now.constant)) return true;
        for (const auto& [p, q] : plain)
            if (try_order(now.p + p, now.q + q, now.P, now.Q, now.constant)) return true;
        return d_ + D_ <= 1 && try_order(now.p, now.q, now.P, now.Q, !now.constant);
    }

    bool try_order(int p, int q, int P, int Q, bool constant) {
        if (p < 0 || q < 0 || P < 0 || Q < 0 || p > limits_.max_p || q > limits_.max_q || P > limits_.max_P ||
            Q > limits_.max_Q)
            return false;
        if (p + q + P + Q > most_coefficients) return false;
        if (!tried_.emplace(std::array<int, 5>{p, q, P, Q, constant ? 1 : 0}, true).second) return false;
        check_();
        EstimateOptions options;
        options.tolerance = 1e-5;
        if (best_.found) options.near = &best_;
        Estimate candidate = estimate(series_, {p, d_, q, P, D_, Q, constant}, options);
        if (!candidate.found || !std::isfinite(candidate.aicc) || !well_inside(candidate)) return false;
        if (best_.found && candidate.aicc >= best_.aicc) return false;
        best_ = std::move(candidate);
        return true;
    }

    Differenced series_;
    int d_, D_;
    ArimaLimits limits_;
    const InterruptCheck& check_;
    std::map<std::array<int, 5>, bool> tried_;
    Estimate best_;
};

}  // namespace

Fit auto_arima(const Series& series, int horizon, const ArimaLimits& given, const InterruptCheck& check) {
    check_series(series, horizon);
    const std::size_t n = series.values.size();
    Series used = series;
    if (used.period < 1 || static_cast<std::size_t>(used.period) >= n) used.period = 1;
    const int m = used.period;

    ArimaLimits limits = given;
    const int third = static_cast<int>(n) / 3;
    limits.max_p = std::min(limits.max_p, third);
    limits.max_q = std::min(limits.max_q, third);
    limits.max_P = m == 1 ? 0 : std::min(limits.max_P, third / m);
    limits.max_Q = m == 1 ? 0 : std::min(limits.max_Q, third / m);
    if (m > 1) {
        // A plain lag as long as the season would be the seasonal one's twin.
        limits.max_p = std::min(limits.max_p, m - 1);
        limits.max_q = std::min(limits.max_q, m - 1);
    }

    std::vector<double> values = differenced(series.values, 0, 0, m).values;  // gaps filled
    if (is_constant(values)) {
        used.values = values;
        return describe_exact(used, horizon, {0, 0, 0, 0, 0, 0, true});
    }
    const int D = given.stationary || limits.max_D < 1 ? 0 : timeseries::seasonal_differences(values, m);
    if (D > 0) values = timeseries::difference(values, m);
    const int d = given.stationary ? 0 : timeseries::level_differences(values, limits.max_d);
    Differenced changed = differenced(series.values, d, D, m);
    if (changed.gaps.empty() && is_constant(changed.values)) {
        const ArimaOrder order{0, d, 0, 0, D, 0, d + D <= 1};
        if (order.constant || changed.values.front() == 0) return describe_exact(used, horizon, order);
        return describe(used, horizon, changed, estimate(changed, order));
    }

    Walk walk(std::move(changed), d, D, limits, check);
    Estimate best = walk.run(n);
    if (!best.found) {
        // Too short for any choice by AICc: the mean, the walk or its change.
        best = estimate(walk.series(), {0, d, 0, 0, D, 0, d + D == 0});
        if (!best.found) throw Error(ErrorCode::not_converged, "no ARIMA model can be estimated from this series");
        return describe(used, horizon, walk.series(), best);
    }
    EstimateOptions polish;
    polish.near = &best;
    polish.conditional = false;
    return describe(used, horizon, walk.series(), estimate(walk.series(), best.order, polish));
}

}  // namespace fin::forecast
