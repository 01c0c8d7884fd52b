// The simple models against R's forecast package (test/reference/simple_models.R made the numbers), and what must hold
// for every model whatever the series: parts that add up, scaling, shift, mirror, odd inputs.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <sstream>

#include "error.hpp"
#include "forecast/models.hpp"

using namespace fin::forecast;

namespace {

struct Reference {
    int period = 1;
    std::vector<double> values;
    std::map<std::string, std::vector<double>> figures;  // "theta mean" -> by step
};

const std::map<std::string, Reference>& references() {
    static const auto read = [] {
        std::map<std::string, Reference> all;
        std::ifstream file(FIN_TEST_DATA "/reference/simple_models.csv");
        std::string line;
        std::getline(file, line);
        while (std::getline(file, line)) {
            std::istringstream fields(line);
            std::vector<std::string> cell(6);
            for (auto& text : cell) std::getline(fields, text, ',');
            auto& one = all[cell[0]];
            one.period = std::stoi(cell[1]);
            auto& list = cell[2] == "values" ? one.values : one.figures[cell[2] + " " + cell[3]];
            list.push_back(std::stod(cell[5]));
        }
        return all;
    }();
    return read;
}

void expect_close(const std::vector<double>& ours, const std::vector<double>& theirs, double share,
                  const std::string& what) {
    ASSERT_EQ(ours.size(), theirs.size()) << what;
    for (std::size_t i = 0; i < ours.size(); ++i)
        EXPECT_NEAR(ours[i], theirs[i], share * std::abs(theirs[i]) + 1e-12) << what << ", step " << i + 1;
}

using Model = std::function<Fit(const Series&, int)>;

const std::map<std::string, Model>& models() {
    static const std::map<std::string, Model> all = {
        {"theta", theta},
        {"dynamic theta", dynamic_theta},
        {"seasonal naive", seasonal_naive},
        {"drift", drift},
        {"mean", mean_level},
        {"linear", linear},
        {"piecewise", [](const Series& series, int horizon) { return piecewise(series, horizon); }},
        {"flat", [](const Series& series, int horizon) { return piecewise(series, horizon, {.flat = true}); }},
        {"croston", [](const Series& s, int horizon) { return intermittent(s, horizon, Intermittent::croston); }},
        {"sba", [](const Series& s, int horizon) { return intermittent(s, horizon, Intermittent::sba); }},
        {"tsb", [](const Series& s, int horizon) { return intermittent(s, horizon, Intermittent::tsb); }},
    };
    return all;
}

bool of_demand(const std::string& name) { return name == "croston" || name == "sba" || name == "tsb"; }

double sum(const Parts& parts) { return parts.level + parts.trend + parts.season + parts.event + parts.remainder; }

void expect_sound(const Fit& fit, const std::vector<double>& values, int period, int horizon, const std::string& what) {
    ASSERT_EQ(fit.fitted.size(), values.size()) << what;
    ASSERT_EQ(fit.history.size(), values.size()) << what;
    ASSERT_EQ(fit.mean.size(), static_cast<std::size_t>(horizon)) << what;
    ASSERT_EQ(fit.variance.size(), fit.mean.size()) << what;
    ASSERT_EQ(fit.future.size(), fit.mean.size()) << what;
    double size = 0;
    for (const double value : values) size = std::max(size, std::abs(value));
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_TRUE(std::isfinite(fit.fitted[i])) << what;
        EXPECT_NEAR(sum(fit.history[i]), values[i], 1e-12 * size) << what << ", value " << i;
    }
    for (std::size_t h = 0; h < fit.mean.size(); ++h) {
        EXPECT_TRUE(std::isfinite(fit.mean[h])) << what;
        EXPECT_EQ(sum(fit.future[h]), fit.mean[h]) << what << ", step " << h;
        EXPECT_GE(fit.variance[h], 0) << what;
        EXPECT_TRUE(std::isfinite(fit.variance[h])) << what;
        if (h > 0 && period == 1) {
            EXPECT_GE(fit.variance[h], fit.variance[h - 1] * (1 - 1e-9)) << what;
        }
    }
    EXPECT_FALSE(fit.model.empty());
}

}  // namespace

TEST(SimpleModels, AreTheReferencesForecasts) {
    ASSERT_EQ(references().size(), 8U);
    for (const auto& [name, reference] : references()) {
        const Series series{reference.values, reference.period};
        for (const auto& [figure, expected] : reference.figures) {
            SCOPED_TRACE(name + " " + figure);
            const int h = 14;
            if (figure == "theta mean") expect_close(theta(series, h).mean, expected, 0.005, name);
            if (figure == "seasonal_naive mean") expect_close(seasonal_naive(series, h).mean, expected, 1e-9, name);
            if (figure == "drift mean") expect_close(drift(series, h).mean, expected, 1e-9, name);
            if (figure == "drift variance") expect_close(drift(series, h).variance, expected, 1e-6, name);
            if (figure == "mean mean") expect_close(mean_level(series, h).mean, expected, 1e-9, name);
            const auto croston = [&] { return intermittent(series, h, Intermittent::croston); };
            if (figure == "croston mean") expect_close(croston().mean, expected, 1e-9, name);
            if (figure == "croston fitted") {
                const auto fitted = croston().fitted;
                expect_close({fitted.begin() + 1, fitted.end()}, expected, 1e-9, name);
            }
        }
    }
}

TEST(SimpleModels, PartsAddUpAndNothingIsInfinite) {
    for (const auto& [name, reference] : references())
        for (const auto& [which, model] : models())
            expect_sound(model({reference.values, reference.period}, 14), reference.values, reference.period, 14,
                         which + " " + name);
}

TEST(SimpleModels, ScalingTheSeriesScalesTheForecast) {
    for (const std::string name : {"airline", "nile", "demand"})
        for (const auto& [which, model] : models()) {
            const auto& reference = references().at(name);
            auto larger = reference.values;
            for (double& value : larger) value *= 3;
            const auto one = model({reference.values, reference.period}, 8),
                       three = model({larger, reference.period}, 8);
            for (std::size_t h = 0; h < 8; ++h) {
                EXPECT_NEAR(three.mean[h], 3 * one.mean[h], 1e-5 * std::abs(three.mean[h])) << which << " " << name;
                EXPECT_NEAR(three.variance[h], 9 * one.variance[h], 1e-4 * three.variance[h]) << which << " " << name;
            }
        }
}

TEST(SimpleModels, TheMirroredSeriesHasTheMirroredForecast) {
    for (const std::string name : {"airline", "nile"})
        for (const auto& [which, model] : models()) {
            if (of_demand(which)) continue;
            const auto& reference = references().at(name);
            auto mirrored = reference.values;
            for (double& value : mirrored) value = -value;
            const auto one = model({reference.values, reference.period}, 8);
            const auto other = model({mirrored, reference.period}, 8);
            for (std::size_t h = 0; h < 8; ++h) {
                EXPECT_NEAR(other.mean[h], -one.mean[h], 1e-6 * std::abs(one.mean[h])) << which << " " << name;
                EXPECT_NEAR(other.variance[h], one.variance[h], 1e-5 * one.variance[h]) << which << " " << name;
            }
        }
}

// Adding a constant moves the forecasts of the models without ratios or zero-centred priors by that constant.
TEST(SimpleModels, AddingAConstantMovesTheForecast) {
    const auto& reference = references().at("nile");
    auto moved = reference.values;
    for (double& value : moved) value += 5000;
    for (const std::string which : {"theta", "seasonal naive", "drift", "mean", "linear"}) {
        const auto one = models().at(which)({reference.values, 1}, 6), other = models().at(which)({moved, 1}, 6);
        for (std::size_t h = 0; h < 6; ++h) EXPECT_NEAR(other.mean[h], one.mean[h] + 5000, 0.05) << which;
    }
}

TEST(SimpleModels, OddSeriesAreFittedOrRefusedNeverAnswered) {
    std::map<std::string, std::vector<double>> odd;
    odd["constant"] = std::vector<double>(30, 7);
    odd["zeros"] = std::vector<double>(30, 0);
    odd["spike"] = std::vector<double>(30, 1);
    odd["spike"][11] = 1e6;
    odd["one demand"] = std::vector<double>(30, 0);
    odd["one demand"][11] = 5;
    odd["line"].resize(30);
    for (std::size_t i = 0; i < 30; ++i) odd["line"][i] = static_cast<double>(i);
    for (std::size_t n = 1; n <= 8; ++n)
        odd["first " + std::to_string(n)] = {references().at("nile").values.begin(),
                                             references().at("nile").values.begin() + static_cast<std::ptrdiff_t>(n)};
    int fitted = 0;
    for (const auto& [name, values] : odd)
        for (const auto& [which, model] : models())
            for (const int period : {1, 4, 12}) {
                try {
                    const auto fit = model({values, period}, 6);
                    expect_sound(fit, values, period, 6, which + " " + name);
                    ++fitted;
                } catch (const fin::Error&) {
                    // Only short series and those without demand may be refused.
                    EXPECT_TRUE(values.size() <= 8 || (name == "zeros" && of_demand(which))) << which << " " << name;
                }
            }
    EXPECT_GT(fitted, 200);
}

TEST(SimpleModels, AConstantSeriesGoesOn) {
    const std::vector<double> values(30, 7);
    for (const auto& [which, model] : models()) {
        if (of_demand(which)) continue;
        for (const double mean : model({values, 12}, 6).mean) EXPECT_NEAR(mean, 7, 0.02) << which;
    }
}

TEST(SimpleModels, AMissingValueIsRefused) {
    std::vector<double> values(30, 7);
    values[4] = std::numeric_limits<double>::quiet_NaN();
    for (const auto& [which, model] : models()) EXPECT_THROW(model({values, 12}, 6), fin::Error) << which;
}

TEST(SimpleModels, NegativeDemandIsRefused) {
    const std::vector<double> values = {0, 3, 0, -1, 0, 2, 0, 0};
    EXPECT_THROW(intermittent({values, 1}, 3, Intermittent::croston), fin::Error);
}

// Syntetos and Boylan 2005: Croston's ratio times 1 - alpha / 2.
TEST(SimpleModels, SbaIsCrostonLessHalfOfAlpha) {
    const auto& values = references().at("demand").values;
    EXPECT_NEAR(intermittent({values, 1}, 1, Intermittent::sba).mean[0],
                0.95 * intermittent({values, 1}, 1, Intermittent::croston).mean[0], 1e-12);
}

TEST(SimpleModels, TsbForgetsADemandThatHasEndedAndCrostonDoesNot) {
    auto values = references().at("demand").values;
    const double before = intermittent({values, 1}, 1, Intermittent::tsb).mean[0];
    values.insert(values.end(), 40, 0.0);
    EXPECT_LT(intermittent({values, 1}, 1, Intermittent::tsb).mean[0], before / 2);
}

// Demand with chance 0.3 and size 1..9: the squared error of the next value is on average what the variance says.
TEST(SimpleModels, TheVarianceOfIntermittentDemandIsThatOfItsErrors) {
    std::uint64_t state = 11;
    const auto draw = [&] {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<double>(state >> 11) / 9007199254740992.0;
    };
    for (const auto method : {Intermittent::croston, Intermittent::sba, Intermittent::tsb}) {
        double errors = 0, said = 0;
        for (int series = 0; series < 1000; ++series) {
            std::vector<double> values(41);
            for (double& value : values) {
                const bool any = draw() < 0.3;
                value = any ? 1 + std::floor(9 * draw()) : 0;
            }
            const double next = values.back();
            values.pop_back();
            if (std::all_of(values.begin(), values.end(), [](double value) { return value == 0; })) continue;
            const auto fit = intermittent({values, 1}, 1, method);
            errors += (next - fit.mean[0]) * (next - fit.mean[0]);
            said += fit.variance[0];
        }
        EXPECT_GT(said / errors, 0.85) << static_cast<int>(method);
        EXPECT_LT(said / errors, 1.3) << static_cast<int>(method);
    }
}

// The recursion of the dynamic model keeps the least-squares line of all values; Nile's by R: lm(Nile ~
// seq_along(Nile)).
TEST(SimpleModels, TheDynamicLineIsTheLeastSquaresLine) {
    const auto fit = dynamic_theta({references().at("nile").values, 1}, 4);
    for (const auto& parameter : fit.parameters)
        if (parameter.name == "slope") {
            EXPECT_NEAR(parameter.value, -2.714305431, 1e-6);
        }
}

TEST(SimpleModels, TheDynamicModelTakesUpTheWholeSlopeOfAnExactLine) {
    std::vector<double> values;
    for (int i = 0; i < 40; ++i) values.push_back(10 + 2 * i);
    const auto fit = dynamic_theta({values, 1}, 6);
    for (std::size_t h = 0; h < 6; ++h) EXPECT_NEAR(fit.mean[h], 90 + 2 * static_cast<double>(h), 0.01);
    EXPECT_LT(fit.variance[5], 0.01);
}

TEST(SimpleModels, TheLineFindsSlopeAndSeasonOfAnExactSeries) {
    std::vector<double> values;
    for (int i = 0; i < 48; ++i) values.push_back(10 + 0.5 * i + (i % 12 == 11 ? 6 : 0));
    const auto fit = linear({values, 12}, 12);
    for (int h = 0; h < 12; ++h)
        EXPECT_NEAR(fit.mean[static_cast<std::size_t>(h)], 10 + 0.5 * (48 + h) + (h == 11 ? 6 : 0), 0.05) << h;
    EXPECT_TRUE(fit.seasonal);
    EXPECT_TRUE(fit.trended);
}

TEST(SimpleModels, ADeviationFromTheLineFades) {
    std::vector<double> values;
    double deviation = 0;
    for (int i = 0; i < 80; ++i) {
        deviation = 0.8 * deviation + std::sin(i * i * 0.7);
        values.push_back(50 + deviation);
    }
    values.push_back(50 + 4);
    values.push_back(50 + 4);
    const auto fit = linear({values, 1}, 20);
    EXPECT_GT(fit.mean[0], 51);
    EXPECT_LT(fit.mean[19], 51);
    EXPECT_GT(fit.variance[19], fit.variance[0] * 1.2);
}

TEST(SimpleModels, ThePiecewiseTrendFollowsTheLastSlope) {
    std::vector<double> values;
    for (int i = 0; i < 60; ++i) values.push_back(i < 30 ? 10 + i : 40);
    const auto fit = piecewise({values, 1}, 6);
    for (const double mean : fit.mean) EXPECT_NEAR(mean, 40, 1.0);
}

TEST(SimpleModels, AnEventIsFoundAndForecastWhereItComesAgain) {
    std::vector<double> values;
    for (int i = 0; i < 40; ++i) values.push_back(20 + (i == 7 || i == 19 || i == 30 ? 9 : 0));
    PiecewiseOptions options;
    options.flat = true;
    options.events = {{"fair", {7, 19, 30, 42}}};
    const auto fit = piecewise({values, 1}, 5, options);
    EXPECT_NEAR(fit.mean[2], 29, 0.1);
    EXPECT_NEAR(fit.future[2].event, 9, 0.1);
    EXPECT_NEAR(fit.mean[3], 20, 0.1);
    EXPECT_EQ(fit.future[3].event, 0);
}
