// Training by libxgboost: models are those that python3-xgboost makes of the same rows; options and odd rows.
// The reference is test/data/reference/boost.json, made by test/reference/boost.py.
#include "boost/train.hpp"

#include <dlfcn.h>
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "boost/model.hpp"
#include "error.hpp"
#include "reference.hpp"

namespace fin::boost {
namespace {

using nlohmann::json;

TrainingRows rows_of(const Reference& reference, std::size_t label, const Options& options, bool turned = false) {
    TrainingRows rows(reference.rows.front().size());
    for (std::size_t k = 0; k < reference.rows.size(); ++k) {
        const std::size_t i = turned ? reference.rows.size() - 1 - k : k;
        rows.add(reference.rows[i], reference.labels[i][label], *options.objective);
    }
    return rows;
}

std::string trained(const std::vector<std::vector<double>>& rows, const std::vector<double>& labels,
                    const std::string& options = "{}") {
    const Options parsed = Options::parse(options, 2);
    TrainingRows gathered(rows.front().size());
    for (std::size_t i = 0; i < rows.size(); ++i) gathered.add(rows[i], labels[i], *parsed.objective);
    return train(gathered, parsed);
}

TEST(BoostTrain, MakesTheModelsOfPythonXgboost) {
    const Reference reference;
    for (const auto& each : reference.cases) {
        const Options options = Options::parse(each.options, 1);
        TrainingRows rows = rows_of(reference, each.label, options);
        const json ours = json::parse(train(rows, options))["learner"], theirs = json::parse(each.model)["learner"];
        EXPECT_EQ(ours["gradient_booster"], theirs["gradient_booster"]) << each.options;
        EXPECT_EQ(ours["objective"]["name"], theirs["objective"]["name"]) << each.options;
        EXPECT_EQ(ours["learner_model_param"], theirs["learner_model_param"]) << each.options;
    }
}

TEST(BoostTrain, DoesNotDependOnTheOrderOfRows) {
    const Reference reference;
    const Options options = Options::parse(R"({"subsample": 0.5, "colsample": 0.5, "rounds": 10})", 1);
    TrainingRows rows = rows_of(reference, 0, options), turned = rows_of(reference, 0, options, true);
    EXPECT_EQ(train(rows, options), train(turned, options));
}

TEST(BoostTrain, TakesOtherRowsForAnotherSeed) {
    const Reference reference;
    const Options one = Options::parse(R"({"subsample": 0.5, "rounds": 3, "seed": 1})", 1);
    const Options two = Options::parse(R"({"subsample": 0.5, "rounds": 3, "seed": 2})", 1);
    TrainingRows rows = rows_of(reference, 0, one);
    EXPECT_NE(train(rows, one), train(rows, two));
}

TEST(BoostTrain, KeepsToMonotoneConstraints) {
    const Reference reference;
    const Options options = Options::parse(R"({"monotone": [1], "depth": 4})", 1);
    TrainingRows rows = rows_of(reference, 0, options);
    const Model model(train(rows, options));
    std::size_t moved = 0;
    for (const auto& wide : reference.rows) {
        std::vector<float> row = narrow(wide);
        float before = 0;
        for (float value = -12; value <= 12; value += 0.5f) {
            row[0] = value;
            const float now = model.predict(row);
            EXPECT_GE(now, before);
            moved += now > before && before > 0;
            before = now;
        }
    }
    EXPECT_GT(moved, 0u);
}

TEST(BoostTrain, LearnsFromOddRows) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    // One row, one class, constant columns, nothing known: a model that says what it saw, no failure.
    EXPECT_EQ(Model(trained({{1, 2}}, {1})).trees(), 100u);
    const Model one_class(trained(std::vector<std::vector<double>>(50, {1, 2}), std::vector<double>(50, 1)));
    EXPECT_GT(one_class.predict(std::vector<float>{1, 2}), 0.98f);
    EXPECT_GT(Model(trained(std::vector<std::vector<double>>(50, {nan}), std::vector<double>(50, 0)))
                  .predict(std::vector<float>{5}),
              0.0f);
    const Model mean(trained({{3}, {3}, {3}, {3}}, {1, 2, 3, 6}, R"({"objective": "reg:squarederror", "lambda": 0})"));
    EXPECT_NEAR(mean.predict(std::vector<float>{3}), 3, 1e-4);
}

TEST(BoostTrain, RefusesWhatCannotBeLearned) {
    const double inf = std::numeric_limits<double>::infinity();
    EXPECT_THROW(trained({{1}, {1, 2}}, {0, 1}), Error);
    EXPECT_THROW(trained({{inf}}, {0}), Error);
    EXPECT_THROW(trained({{1e39}}, {0}), Error);
    EXPECT_THROW(trained({{1}}, {2}), Error);
    EXPECT_THROW(trained({{1}}, {std::nan("")}), Error);
    EXPECT_THROW(trained({{1}}, {-1}, R"({"objective": "count:poisson"})"), Error);
    EXPECT_THROW(trained({{1}}, {inf}, R"({"objective": "reg:squarederror"})"), Error);
    EXPECT_THROW(trained({{1}}, {1}, R"({"monotone": [1, 1]})"), Error);
    EXPECT_THROW(TrainingRows(0), Error);
    EXPECT_THROW(TrainingRows(most_features + 1), Error);
    std::vector<std::vector<double>> many(5000, {0});
    std::vector<double> labels(5000, 0);
    EXPECT_THROW(trained(many, labels, R"({"rounds": 10000, "depth": 16})"), Error);
}

// Threads of the library inherit what is blocked; afterwards this thread's mask is what it was.
TEST(BoostTrain, LeavesTheSignalMaskAlone) {
    sigset_t wanted, found;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR2);
    sigset_t before;
    pthread_sigmask(SIG_SETMASK, &wanted, &before);
    trained({{1}, {2}}, {0, 1}, R"({"threads": 2, "rounds": 2})");
    pthread_sigmask(SIG_SETMASK, &before, &found);
    EXPECT_TRUE(sigismember(&found, SIGUSR2));
    EXPECT_FALSE(sigismember(&found, SIGINT));
    EXPECT_FALSE(sigismember(&found, SIGTERM));
}

TEST(BoostTrain, StopsBetweenRounds) {
    struct Stop {};
    const Options options = Options::parse(R"({"rounds": 1000})", 1);
    TrainingRows rows(1);
    for (int i = 0; i < 100; ++i) rows.add(std::vector<double>{double(i)}, i % 2, *options.objective);
    int asked = 0;
    const auto stop = [&] {
        if (++asked == 20) throw Stop();
    };
    EXPECT_THROW(train(rows, options, stop), Stop);
    EXPECT_EQ(asked, 20);
}

std::string message_of(const std::string& options) {
    try {
        Options::parse(options, 4);
    } catch (const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::invalid_argument);
        return error.what();
    }
    return "taken";
}

TEST(BoostOptions, AreRefusedByName) {
    EXPECT_EQ(message_of(R"({"speed": 1})"), "unknown option \"speed\"");
    EXPECT_EQ(message_of("[]"), "options must be a JSON object");
    EXPECT_EQ(message_of(R"({"depth": 17})"), "option \"depth\" must be a whole number from 1 to 16");
    EXPECT_EQ(message_of(R"({"depth": 1e300})"), "option \"depth\" must be a whole number from 1 to 16");
    EXPECT_EQ(message_of(R"({"rounds": 18446744073709551615})"),
              "option \"rounds\" must be a whole number from 1 to 10000");
    EXPECT_EQ(message_of(R"({"learning_rate": 0})"), "option \"learning_rate\" must be a number above 0 to 1");
    EXPECT_EQ(message_of(R"({"threads": 5})"), "option \"threads\" must be a whole number from 1 to 4");
    EXPECT_EQ(message_of(R"({"tree_method": "gpu_hist"})"), "option \"tree_method\" must be \"hist\" or \"exact\"");
    EXPECT_EQ(message_of(R"({"monotone": [2]})"), "option \"monotone\" must be a list of -1, 0 and 1");
    EXPECT_EQ(message_of(R"({"eta": 0.1, "learning_rate": 0.2})"),
              "options \"eta\" and \"learning_rate\" say the same thing");
    EXPECT_EQ(message_of(R"({"base_score": 1.5})"), "option \"base_score\" does not fit objective binary:logistic");
    EXPECT_EQ(message_of(R"({"base_score": 1.5, "objective": "reg:squarederror"})"), "taken");
    EXPECT_EQ(message_of(R"({"objective": "multi:softmax"})").substr(0, 34), "option \"objective\" must be one of ");
}

}  // namespace
}  // namespace fin::boost
