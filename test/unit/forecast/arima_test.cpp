// Fixed ARIMA orders against R's stats::arima (test/reference/arima.R made the numbers) and published examples.
#include <cmath>
#include <limits>

#include "error.hpp"
#include "forecast/models.hpp"
#include "support/reference_table.hpp"

using namespace fin::forecast;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

ArimaOrder order_of(const ReferenceCase& one) {
    const auto& o = one.at("order");
    const auto part = [&](std::size_t i) { return static_cast<int>(o[i]); };
    return {part(0), part(1), part(2), part(3), part(4), part(5), o[6] == 1};
}

Fit fit_of(const ReferenceCase& one) {
    return arima(Series{one.at("value"), static_cast<int>(one.at("period")[0])}, 12, order_of(one));
}

double parameter(const Fit& fit, const std::string& name) {
    for (const auto& one : fit.parameters)
        if (one.name == name) return one.value;
    return nan;
}

TEST(Arima, AgreesWithR) {
    const auto cases = reference_table("arima.csv");
    ASSERT_EQ(cases.size(), 16U);
    for (const auto& [name, one] : cases) {
        SCOPED_TRACE(name);
        const Fit fit = fit_of(one);
        // The two cases with gaps keep what is left of R's finite prior of the unit roots.
        EXPECT_NEAR(fit.log_likelihood, one.at("log_likelihood")[0], name == "air_gaps" ? 5e-3 : 1e-3);
        for (std::size_t h = 0; h < 12; ++h) {
            EXPECT_NEAR(fit.mean[h], one.at("mean")[h], 0.002 * std::abs(one.at("mean")[h])) << h;
            EXPECT_NEAR(std::sqrt(fit.variance[h] / fit.sigma2) / one.at("se")[h], 1, 0.01) << h;
        }
    }
}

// Box and Jenkins' airline model: theta 0.40 and Theta 0.56 (in their sign) are what exact maximum likelihood gives, as
// in the manuals of R (stats::arima), Stata (arima: log likelihood 244.6965) and SAS.
TEST(Arima, AirlineModelAsPublished) {
    const Fit fit = fit_of(reference_table("arima.csv").at("air"));
    EXPECT_EQ(fit.model, "ARIMA(0,1,1)(0,1,1)[12]");
    EXPECT_NEAR(parameter(fit, "ma1"), -0.4018, 5e-4);
    EXPECT_NEAR(parameter(fit, "sma1"), -0.5569, 5e-4);
    EXPECT_NEAR(fit.log_likelihood, 244.6965, 1e-4);
    EXPECT_TRUE(fit.seasonal);
    EXPECT_TRUE(fit.trended);
}

// LakeHuron as ARIMA(1,0,1) with mean: Brockwell and Davis 1991 give phi 0.74, theta 0.32.
TEST(Arima, LakeHuronAsPublished) {
    const Fit fit = fit_of(reference_table("arima.csv").at("lake"));
    EXPECT_NEAR(parameter(fit, "ar1"), 0.745, 0.005);
    EXPECT_NEAR(parameter(fit, "ma1"), 0.321, 0.005);
    EXPECT_NEAR(parameter(fit, "mean"), 9.055, 0.01);
}

TEST(Arima, PartsAddUp) {
    for (const auto& [name, one] : reference_table("arima.csv")) {
        SCOPED_TRACE(name);
        const Fit fit = fit_of(one);
        const auto& values = one.at("value");
        ASSERT_EQ(fit.history.size(), values.size());
        ASSERT_EQ(fit.future.size(), 12U);
        ASSERT_EQ(fit.fitted.size(), values.size());
        const auto sum = [](const Parts& p) { return p.level + p.trend + p.season + p.event + p.remainder; };
        for (std::size_t t = 0; t < values.size(); ++t) {
            if (std::isnan(values[t])) continue;
            EXPECT_NEAR(sum(fit.history[t]), values[t], 1e-12 * (1 + std::abs(values[t])));
        }
        for (std::size_t h = 0; h < 12; ++h) {
            EXPECT_NEAR(sum(fit.future[h]), fit.mean[h], 1e-12 * (1 + std::abs(fit.mean[h])));
            EXPECT_EQ(fit.future[h].remainder, 0);
        }
    }
}

// Hidden values come back close, and what is hidden at the end widens the forecast as the horizon does.
TEST(Arima, MissingValuesAtTheEndAreALongerHorizon) {
    const auto table = reference_table("arima.csv");
    const auto& whole = table.at("air").at("value");
    std::vector<double> shorter(whole.begin(), whole.end() - 3), hidden = whole;
    hidden[141] = hidden[142] = hidden[143] = nan;
    const ArimaOrder order{0, 1, 1, 0, 1, 1, false};
    const Fit a = arima(Series{shorter, 12}, 15, order), b = arima(Series{hidden, 12}, 12, order);
    EXPECT_NEAR(a.log_likelihood, b.log_likelihood, 1e-5);
    for (std::size_t h = 0; h < 12; ++h) {
        EXPECT_NEAR(a.mean[h + 3], b.mean[h], 1e-4);
        EXPECT_NEAR(a.variance[h + 3] / b.variance[h], 1, 1e-3);
    }
}

TEST(Arima, RefusesWhatIsNoModel) {
    const std::vector<double> values{1, 3, 2, 5, 4, 6, 5, 8};
    const Series series{values, 1};
    EXPECT_THROW(arima(series, 0, {1, 0, 0}), fin::Error);
    EXPECT_THROW(arima(series, 3, {-1, 0, 0}), fin::Error);
    EXPECT_THROW(arima(series, 3, {1, 0, 0, 1, 0, 0}), fin::Error);
    EXPECT_THROW(arima(series, 3, {1, 2, 0, 0, 0, 0, true}), fin::Error);
    EXPECT_THROW(arima(series, 3, {0, 8, 0}), fin::Error);
    EXPECT_THROW(arima(series, 3, {5, 0, 5}), fin::Error);
    const std::vector<double> infinite{1, 2, std::numeric_limits<double>::infinity(), 3};
    EXPECT_THROW(arima(Series{infinite, 1}, 3, {0, 1, 0}), fin::Error);
    const std::vector<double> hollow{1, nan, nan, nan, 2};
    EXPECT_THROW(arima(Series{hollow, 1}, 3, {0, 1, 0}), fin::Error);
}

}  // namespace
