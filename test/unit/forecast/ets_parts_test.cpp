// The pieces of exponential smoothing: derivatives, admissible parameters, variances of the future.
#include <cmath>
#include <cstdint>
#include <numbers>

#include "forecast/ets_admissible.hpp"
#include "forecast/ets_future.hpp"
#include "forecast/ets_recursion.hpp"

using namespace fin::forecast;

namespace {

std::vector<double> values_of_three_years() {
    std::vector<double> values;
    for (int i = 0; i < 15; ++i) values.push_back(1 + 0.02 * i + 0.2 * std::sin(1.6 * i) + 0.1 * std::cos(7.0 * i * i));
    return values;
}

EtsState state_for(const EtsForm& form) {
    EtsState state{0.95, form.trend == EtsTrend::none ? 0 : 0.03, {}};
    if (form.season == EtsSeason::additive) state.season = {0.1, -0.05, 0.02, -0.07};
    if (form.season == EtsSeason::multiplicative) state.season = {1.1, 0.95, 1.02, 0.93};
    return state;
}

EtsSmoothing smoothing_for(const EtsForm& form) {
    return {0.3, form.trend == EtsTrend::none ? 0 : 0.1, form.season == EtsSeason::none ? 0 : 0.2,
            form.trend == EtsTrend::damped ? 0.9 : 1};
}

const std::vector<EtsForm>& all_forms() {
    static const std::vector<EtsForm> forms = [] {
        std::vector<EtsForm> all;
        for (const auto error : {EtsError::additive, EtsError::multiplicative})
            for (const auto trend : {EtsTrend::none, EtsTrend::additive, EtsTrend::damped})
                for (const auto season : {EtsSeason::none, EtsSeason::additive, EtsSeason::multiplicative})
                    all.push_back({error, trend, season});
        return all;
    }();
    return forms;
}

// The unknown at a place of the layout.
double& unknown(const EtsLayout& layout, int place, EtsSmoothing& p, EtsState& state) {
    if (place == layout.alpha) return p.alpha;
    if (place == layout.beta) return p.beta;
    if (place == layout.gamma) return p.gamma;
    if (place == layout.phi) return p.phi;
    if (place == layout.level) return state.level;
    if (place == layout.trend) return state.trend;
    return state.season[static_cast<std::size_t>(place - layout.season)];
}

std::vector<double> errors_of(const EtsForm& form, const EtsSmoothing& p, EtsState state,
                              const std::vector<double>& values) {
    EtsTrace trace;
    run(form, p, state, values, &trace);
    std::vector<double> errors;
    for (std::size_t t = 0; t < values.size(); ++t)
        errors.push_back(form.error == EtsError::additive ? values[t] - trace.fitted[t]
                                                          : values[t] / trace.fitted[t] - 1);
    return errors;
}

// Normal deviates, the same on every machine (Knuth's generator, Box and Muller).
class Deviates {
public:
    double next() {
        const double a = uniform(), b = uniform();
        return std::sqrt(-2 * std::log(a)) * std::cos(2 * std::numbers::pi * b);
    }

private:
    double uniform() {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return (static_cast<double>(state_ >> 11U) + 0.5) / 9007199254740992.0;
    }
    std::uint64_t state_ = 2026;
};

}  // namespace

TEST(EtsRecursion, DerivativesAreThoseOfDifferences) {
    const auto values = values_of_three_years();
    constexpr double step = 1e-6;
    for (const auto& form : all_forms()) {
        const EtsLayout layout(form, 4);
        EtsDerivatives exact;
        const EtsSums sums = run(layout, smoothing_for(form), state_for(form), values, exact);
        ASSERT_TRUE(sums.possible);
        for (int place = 0; place < layout.size; ++place) {
            const auto moved = [&](double by) {
                EtsSmoothing p = smoothing_for(form);
                EtsState state = state_for(form);
                unknown(layout, place, p, state) += by;
                const auto errors = errors_of(form, p, state, values);
                return std::pair(errors, run(form, p, state, values).log_predictions);
            };
            const auto up = moved(step), down = moved(-step);
            for (std::size_t t = 0; t < values.size(); ++t)
                EXPECT_NEAR(exact.jacobian(place, static_cast<Eigen::Index>(t)),
                            (up.first[t] - down.first[t]) / (2 * step), 1e-6)
                    << place << " at " << t;
            EXPECT_NEAR(exact.log_gradient[place], (up.second - down.second) / (2 * step), 1e-6) << place;
        }
    }
}

TEST(EtsRecursion, CountsParametersAsTheBook) {
    // ETS(M,Ad,M), monthly: alpha, beta, gamma, phi, level, trend and 11 free indices (the twelfth follows).
    EXPECT_EQ(EtsLayout({EtsError::multiplicative, EtsTrend::damped, EtsSeason::multiplicative}, 12).free_parameters(),
              17);
    EXPECT_EQ(EtsLayout({}, 1).free_parameters(), 2);
    EXPECT_EQ(EtsLayout({EtsError::additive, EtsTrend::additive, EtsSeason::none}, 12).free_parameters(), 4);
}

// Weights of old values die out exactly where all eigenvalues of the discount matrix F - g w' lie in the unit circle;
// with a season one of them is 1 (level against indices) and does not matter.
TEST(EtsAdmissible, AgreesWithTheEigenvaluesOfTheDiscountMatrix) {
    constexpr int m = 4;
    int admitted = 0, refused = 0;
    for (const double alpha : {0.05, 0.3, 0.6, 0.95, 1.4})
        for (const double beta_share : {0.01, 0.5, 1.0})
            for (const double gamma : {0.01, 0.3, 0.6, 0.95, 1.3})
                for (const double phi : {0.8, 0.9, 0.98}) {
                    const double beta = beta_share * alpha;
                    Eigen::MatrixXd discount = Eigen::MatrixXd::Zero(2 + m, 2 + m);
                    Eigen::VectorXd g = Eigen::VectorXd::Zero(2 + m), w = g;
                    discount(0, 0) = 1;
                    discount(0, 1) = discount(1, 1) = phi;
                    discount(2, 1 + m) = 1;
                    for (int j = 3; j < 2 + m; ++j) discount(j, j - 1) = 1;
                    w[0] = 1, w[1] = phi, w[1 + m] = 1;
                    g[0] = alpha, g[1] = beta, g[2] = gamma;
                    discount -= g * w.transpose();
                    int outside = 0;
                    double nearest = 1;
                    const Eigen::VectorXcd roots = discount.eigenvalues();
                    for (Eigen::Index i = 0; i < roots.size(); ++i) {
                        if (std::abs(roots[i] - 1.0) < 1e-9) continue;
                        outside += std::abs(roots[i]) > 1;
                        nearest = std::min(nearest, std::abs(std::abs(roots[i]) - 1));
                    }
                    if (nearest < 1e-9) continue;
                    EXPECT_EQ(admissible({alpha, beta, gamma, phi}, m), outside == 0)
                        << alpha << " " << beta << " " << gamma << " " << phi;
                    ++(outside == 0 ? admitted : refused);
                }
    EXPECT_GT(admitted, 30);
    EXPECT_GT(refused, 30);
}

// 200,000 futures drawn step by step from the model's own equations.
TEST(EtsFuture, MeansAndVariancesAreThoseOfSimulatedPaths) {
    constexpr int h = 9, paths = 200000;
    for (const auto& form : all_forms()) {
        if (form.error == EtsError::additive && form.season == EtsSeason::multiplicative) continue;
        const EtsSmoothing p = smoothing_for(form);
        const double sigma2 = form.error == EtsError::additive ? 0.01 : 0.02;
        const EtsFuture exact = future(form, p, state_for(form), 3, sigma2, h);
        std::vector<double> sum(h, 0), square(h, 0);
        Deviates deviates;
        for (int path = 0; path < paths; ++path) {
            EtsState state = state_for(form);
            for (int i = 0; i < h; ++i) {
                const auto place = static_cast<std::size_t>(i), phase = (3 + place) % 4;
                const double move = p.phi * state.trend, base = state.level + move;
                double predicted = base;
                if (form.season == EtsSeason::additive) predicted += state.season[phase];
                if (form.season == EtsSeason::multiplicative) predicted *= state.season[phase];
                double error = std::sqrt(sigma2) * deviates.next();
                if (form.error == EtsError::multiplicative) error *= predicted;
                const double value = predicted + error;
                sum[place] += value;
                square[place] += value * value;
                double base_error = error;
                if (form.season == EtsSeason::multiplicative) {
                    base_error = error / state.season[phase];
                    state.season[phase] += p.gamma * error / base;
                } else if (form.season == EtsSeason::additive) {
                    state.season[phase] += p.gamma * error;
                }
                state.level = base + p.alpha * base_error;
                state.trend = move + p.beta * base_error;
            }
        }
        for (std::size_t i = 0; i < h; ++i) {
            const double mean = sum[i] / paths, variance = square[i] / paths - mean * mean;
            // Five standard errors of a mean and of a variance with tails a little heavier than normal.
            EXPECT_NEAR(exact.mean[i], mean, 5 * std::sqrt(variance / paths)) << i;
            EXPECT_NEAR(exact.variance[i] / variance, 1, 0.025) << i;
        }
    }
}
