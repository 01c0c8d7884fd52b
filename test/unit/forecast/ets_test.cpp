// Exponential smoothing against R's forecast 8.20 (test/reference/ets.R made the numbers) and a published example.
#include "forecast/ets_future.hpp"
#include "forecast/models.hpp"

#include <cmath>

#include "error.hpp"
#include "forecast/ets_reference.hpp"

using namespace fin::forecast;
using namespace fin::forecast::testing;

namespace {

double parameter(const Fit& fit, const std::string& name) {
    for (const auto& one : fit.parameters)
        if (one.name == name) return one.value;
    ADD_FAILURE() << fit.model << " has no parameter " << name;
    return 0;
}

double worst_difference(const std::vector<double>& ours, const std::vector<double>& theirs) {
    double worst = 0;
    for (std::size_t i = 0; i < theirs.size(); ++i)
        worst = std::max(worst, std::abs(ours[i] - theirs[i]) / std::abs(theirs[i]));
    return worst;
}

}  // namespace

// The recursion, the likelihood and the future, apart from any search: everything at R's own parameters.
TEST(Ets, AtTheParametersOfRAllFiguresAreThoseOfR) {
    const auto series = reference_series();
    const auto forms = reference_forms();
    ASSERT_EQ(forms.size(), 168U);
    int impossible = 0;
    for (const auto& r : forms) {
        const std::string where = r.series + " " + r.name;
        const auto& values = series.at(r.series).values;
        const auto n = static_cast<double>(values.size());
        EtsState state = r.state;
        const EtsSums sums = run(r.form, r.smoothing, state, values);
        if (!sums.possible) {
            // R lets a form for positive values predict less than 0 and takes the logarithm of the absolute value.
            ++impossible;
            continue;
        }
        EXPECT_NEAR(-0.5 * sums.criterion(values.size()), r.log_likelihood, 1e-5 * std::abs(r.log_likelihood)) << where;

        const int parameters = EtsLayout(r.form, series.at(r.series).period).free_parameters();
        const double k = parameters + 1;
        EXPECT_NEAR(-2 * r.log_likelihood + 2 * k + 2 * k * (k + 1) / (n - k - 1), r.aicc, 1e-6 * std::abs(r.aicc))
            << where;

        // R's class3() has 1 where a damped trend needs phi, so its ETS(M,Ad,M) forecasts another model than it fitted.
        const bool class3 = r.form.season == EtsSeason::multiplicative;
        if (class3 && r.form.trend == EtsTrend::damped) continue;
        const std::size_t phase = state.season.empty() ? 0 : values.size() % state.season.size();
        const EtsFuture ahead = future(r.form, r.smoothing, state, phase, sums.squares / (n - parameters), 24);
        EXPECT_LT(worst_difference(ahead.mean, r.mean), 1e-6) << where;
        // R's class1() puts gamma one place too far where there is no trend (G[3] instead of G[2]): a season's error
        // then comes back one step early. Our variances of these forms are checked by simulation.
        if (r.form.season == EtsSeason::additive && r.form.trend == EtsTrend::none) continue;
        EXPECT_LT(worst_difference(ahead.variance, r.variance), 1e-5) << where;
    }
    EXPECT_LE(impossible, 6);
}

// R searches from one start by Nelder and Mead in up to 18 dimensions; we must never stop lower.
TEST(Ets, NoLikelihoodIsBelowThatOfR) {
    const auto series = reference_series();
    int same = 0, near = 0, higher = 0;
    for (const auto& r : reference_forms()) {
        const auto& one = series.at(r.series);
        const Fit fit = ets({one.values, one.period}, 24, r.form);
        EXPECT_EQ(fit.model, r.name);
        EtsState state = r.state;
        const bool possible = run(r.form, r.smoothing, state, one.values).possible;  // see above
        if (possible) {
            EXPECT_GT(fit.log_likelihood, r.log_likelihood - 1e-2) << r.series << " " << r.name;
        }
        higher += fit.log_likelihood > r.log_likelihood + 1e-2;
        // R's own forecasts of ETS(M,Ad,M) are another model's, see above.
        if (r.name == "ETS(M,Ad,M)" || std::abs(fit.log_likelihood - r.log_likelihood) > 1e-2) continue;
        ++same;
        near += worst_difference(fit.mean, r.mean) < 0.005;
    }
    // Where the optimum is the same, so is the forecast.
    EXPECT_GE(same, 20);
    EXPECT_GE(near, 0.95 * same) << near << " of " << same;
    EXPECT_GE(higher, 60);
}

TEST(Ets, TheChoiceIsAtLeastAsGoodAsThatOfR) {
    const auto series = reference_series();
    const auto choices = rows("ets_choice.csv");
    ASSERT_EQ(choices.size(), 13U);
    for (const auto& cells : choices) {
        const auto& one = series.at(cells.front());
        if (one.values.size() < static_cast<std::size_t>(3 * one.period)) continue;  // fewer forms here, on purpose
        EXPECT_LT(auto_ets({one.values, one.period}, 12).aicc, std::stod(cells.back()) + 0.03) << cells.front();
    }
}

// Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 2nd edition, section 7.1: Saudi oil, 1996 to 2013.
TEST(Ets, SimpleExponentialSmoothingOfTheOilExample) {
    const std::vector<double> oil = {445.36, 453.20, 454.41, 422.38, 456.04, 440.39, 425.19, 486.21, 500.43,
                                     521.28, 508.95, 488.89, 509.87, 456.72, 473.82, 525.95, 549.83, 542.34};
    const Fit fit = ets({oil, 1}, 5, {});
    EXPECT_NEAR(parameter(fit, "alpha"), 0.8339, 5e-4);
    EXPECT_NEAR(parameter(fit, "level0"), 446.5868, 0.05);
    EXPECT_NEAR(std::sqrt(fit.sigma2), 29.83, 0.01);
    EXPECT_NEAR(fit.mean[4], 542.68, 0.01);
    EXPECT_FALSE(fit.trended);
    EXPECT_FALSE(fit.seasonal);
}
