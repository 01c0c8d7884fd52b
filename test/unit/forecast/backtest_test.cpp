// backtest(): scores of models whose forecasts can be reckoned by hand.
#include <cmath>

#include "error.hpp"
#include "forecast/forecast.hpp"
#include "ledger/calendar.hpp"

namespace fin::forecast {
namespace {

std::vector<Observation> months(const std::vector<double>& values) {
    std::vector<Observation> all;
    for (std::size_t t = 0; t < values.size(); ++t)
        all.push_back({ledger::first_day(2015 * 12 + static_cast<int>(t)), values[t]});
    return all;
}

TEST(Backtest, SeasonalNaiveOfAYearlyStepByHand) {
    // Every year 12 more than the year before: the seasonal naive forecast is 12 too low, and so is its scale.
    std::vector<double> values;
    for (int t = 0; t < 60; ++t) values.push_back(100 + 12 * (t / 12) + (t % 12) * (t % 12) % 7);
    const auto scores = backtest(months(values), 3, 4, {"seasonal_naive"});
    ASSERT_EQ(scores.size(), 1u);
    EXPECT_EQ(scores[0].status, metrics::Status::ok);
    EXPECT_EQ(scores[0].origins, 4);
    EXPECT_EQ(scores[0].points, 12);
    EXPECT_NEAR(scores[0].mase, 1, 1e-9);
    double smape = 0;
    for (int origin = 54; origin <= 57; ++origin)
        for (int t = origin; t < origin + 3; ++t) {
            const double value = values[static_cast<std::size_t>(t)];
            smape += 200 * 12 / (2 * value - 12) / 12;
        }
    EXPECT_NEAR(scores[0].smape, smape, 1e-9);
}

TEST(Backtest, EmptyListTakesEveryModel) {
    std::vector<double> values;
    for (int t = 0; t < 40; ++t) values.push_back(50 + (t * t) % 11 + (t % 12));
    const auto scores = backtest(months(values), 2, 2, {});
    ASSERT_EQ(scores.size(), model_names().size());
    for (const auto& score : scores) {
        EXPECT_TRUE(std::isfinite(score.mase) && std::isfinite(score.width95)) << score.model;
        EXPECT_EQ(score.points == 0 && score.reason.en.empty(), false) << score.model;
        EXPECT_LE(score.width80, score.width95) << score.model;
    }
    EXPECT_EQ(scores[0].model, "auto");
    EXPECT_EQ(scores[0].points, 4);
}

TEST(Backtest, TooShortSaysWhy) {
    const auto scores = backtest(months({1, 2, 3, 4, 5}), 6, 3, {"auto"});
    EXPECT_EQ(scores.at(0).status, metrics::Status::insufficient_data);
    EXPECT_NE(scores[0].reason.en.find("10 periods"), std::string::npos);
    EXPECT_FALSE(scores[0].reason.ru.empty());
}

TEST(Backtest, FewerOriginsThanAskedAreSaid) {
    const auto scores = backtest(months({1, 2, 3, 4, 5, 4, 3}), 1, 50, {"mean"});
    EXPECT_EQ(scores.at(0).origins, 3);
    EXPECT_EQ(scores[0].status, metrics::Status::estimated);
}

TEST(Backtest, RefusesWhatIsNone) {
    EXPECT_THROW(backtest(months({1, 2, 3, 4, 5, 6}), 1, 0, {"auto"}), Error);
    EXPECT_THROW(backtest(months({1, 2, 3, 4, 5, 6}), 1, 1, {"oracle"}), Error);
}

}  // namespace
}  // namespace fin::forecast
