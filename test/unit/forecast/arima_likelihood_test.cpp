// The fast recursions against the definition: the likelihood of a normal vector with the process' covariance matrix.
#include "forecast/arima_likelihood.hpp"

#include <cmath>
#include <cstdint>
#include <numbers>

#include "forecast/arima_css.hpp"

using namespace fin::forecast;

namespace {

// A fixed sequence of numbers in (-1, 1).
class Numbers {
public:
    double next() {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<double>(state_ >> 11U) / 4503599627370496.0 - 1;
    }

private:
    std::uint64_t state_ = 42;
};

// Covariances from the response to a shock, summed until it has died.
std::vector<double> covariances(const Arma& model, std::size_t count) {
    std::vector<double> response{1};
    for (std::size_t k = 1; k < 6000; ++k) {
        double value = k <= model.theta.size() ? model.theta[k - 1] : 0;
        for (std::size_t i = 0; i < model.phi.size() && i < k; ++i) value += model.phi[i] * response[k - 1 - i];
        response.push_back(value);
    }
    std::vector<double> result(count, 0.0);
    for (std::size_t k = 0; k < count; ++k)
        for (std::size_t j = 0; j + k < response.size(); ++j) result[k] += response[j] * response[j + k];
    return result;
}

struct Dense {
    double log_determinant = 0;
    std::vector<std::vector<double>> factor;

    explicit Dense(const std::vector<double>& covariance) {
        const std::size_t n = covariance.size();
        factor.assign(n, std::vector<double>(n, 0.0));
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j <= i; ++j) {
                double sum = covariance[i - j];
                for (std::size_t k = 0; k < j; ++k) sum -= factor[i][k] * factor[j][k];
                factor[i][j] = i == j ? std::sqrt(sum) : sum / factor[j][j];
                if (i == j) log_determinant += std::log(sum);
            }
    }
    std::vector<double> whiten(std::vector<double> x) const {
        for (std::size_t i = 0; i < x.size(); ++i) {
            for (std::size_t k = 0; k < i; ++k) x[i] -= factor[i][k] * x[k];
            x[i] /= factor[i][i];
        }
        return x;
    }
};

TEST(ArimaLikelihood, IsThatOfTheCovarianceMatrix) {
    Numbers numbers;
    for (int round = 0; round < 24; ++round) {
        const auto partial = [&](int count) {
            std::vector<double> result;
            for (int i = 0; i < count; ++i) result.push_back(0.9 * numbers.next());
            return from_partial(result);
        };
        const int period = round % 2 == 0 ? 4 : 12;
        const Arma model{product(partial(round % 4), partial(round / 4 % 2), period),
                         product(partial(round / 2 % 3), partial(round / 3 % 3), period)};
        std::vector<double> values;
        for (int t = 0; t < 70; ++t) values.push_back(numbers.next() + 0.3);

        const Dense dense(covariances(model, values.size()));
        const auto y = dense.whiten(values), one = dense.whiten(std::vector<double>(values.size(), 1.0));
        double yy = 0, y1 = 0, ones = 0;
        for (std::size_t t = 0; t < y.size(); ++t) yy += y[t] * y[t], y1 += y[t] * one[t], ones += one[t] * one[t];
        const double sum = yy - y1 * y1 / ones, n = static_cast<double>(values.size());

        ExactLikelihood fast(values, {std::vector<double>(values.size(), 1.0)});
        ASSERT_TRUE(fast.evaluate(model)) << round;
        EXPECT_NEAR(fast.log_determinant(), dense.log_determinant, 1e-7) << round;
        EXPECT_NEAR(fast.effects()[0], y1 / ones, 1e-8) << round;
        EXPECT_NEAR(fast.sum_of_squares(), sum, 1e-7 * sum) << round;
        EXPECT_NEAR(fast.log_likelihood(),
                    -0.5 * (n * std::log(2 * std::numbers::pi * sum / n) + n + dense.log_determinant), 1e-6)
            << round;
    }
}

TEST(ArimaLikelihood, StaysExactNearUnitRoots) {
    Numbers numbers;
    std::vector<double> values;
    for (int t = 0; t < 120; ++t) values.push_back(numbers.next());
    const Arma model{product(std::vector<double>{0.99}, std::vector<double>{0.95}, 12),
                     product(std::vector<double>{0.98}, std::vector<double>{-0.97}, 12)};
    const Dense dense(covariances(model, values.size()));
    double sum = 0;
    for (const double e : dense.whiten(values)) sum += e * e;
    ExactLikelihood fast(values, {});
    ASSERT_TRUE(fast.evaluate(model));
    EXPECT_NEAR(fast.log_determinant(), dense.log_determinant, 1e-4);
    EXPECT_NEAR(fast.sum_of_squares(), sum, 1e-5 * sum);
}

TEST(ArimaLikelihood, RefusesAProcessThatIsNotStationary) {
    ExactLikelihood likelihood({1, 2, 3, 4}, {});
    EXPECT_FALSE(likelihood.evaluate({{1.0}, {}}));
    EXPECT_FALSE(likelihood.evaluate({{0.5, 0.6}, {}}));
    EXPECT_TRUE(likelihood.evaluate({{0.5, 0.4}, {}}));
}

TEST(ArimaTransform, PartialAutocorrelationsAndBack) {
    const std::vector<double> partial{0.5, -0.3, 0.8, -0.99};
    const auto back = to_partial(from_partial(partial));
    ASSERT_EQ(back.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(back[i], partial[i], 1e-12);
    // AR(2): phi1 = r1 (1 - r2), phi2 = r2.
    const auto two = from_partial(std::vector<double>{0.6, 0.2});
    EXPECT_NEAR(two[0], 0.48, 1e-15);
    EXPECT_NEAR(two[1], 0.2, 1e-15);
}

TEST(ArimaTransform, TellsRootsFromTheCircle) {
    // (1 - B/1.05)(1 + B/2): the nearest root is 1.05.
    const auto c = product(std::vector<double>{1 / 1.05}, std::vector<double>{-0.5}, 1);
    EXPECT_TRUE(roots_beyond(c, 1.04));
    EXPECT_FALSE(roots_beyond(c, 1.06));
    EXPECT_TRUE(roots_beyond({}, 1.01));
}

// (1 - 0.5 B) w = (1 + 0.4 B) e by hand: 2 - 0.5 = 1.5; 3 - 1 - 0.4 * 1.5 = 1.4.
TEST(ArimaCss, ErrorsByHand) {
    const std::vector<double> series{1, 2, 3};
    std::vector<double> errors(3);
    conditional_errors({{0.5}, {0.4}}, series, 1, errors);
    EXPECT_NEAR(errors[0], 0, 0);
    EXPECT_NEAR(errors[1], 1.5, 1e-15);
    EXPECT_NEAR(errors[2], 1.4, 1e-15);
}

}  // namespace
