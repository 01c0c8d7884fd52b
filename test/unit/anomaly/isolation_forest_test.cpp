// The isolation forest: how well it finds labelled anomalies, what it does with odd input, what its model refuses.
#include "anomaly/isolation_forest.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "anomaly/isolation_model.hpp"
#include "error.hpp"
#include "npz.hpp"

namespace fin::anomaly {
namespace {

using Rows = std::vector<std::vector<double>>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();

std::string fit(const Rows& rows, std::uint64_t seed = 1) {
    RowSample sample(rows.front().size(), seed);
    for (const auto& row : rows) sample.add(row);
    return fit_isolation_forest(sample);
}

std::vector<double> score(const std::string& model, const Rows& rows) {
    std::vector<double> flat, scores(rows.size());
    for (const auto& row : rows) flat.insert(flat.end(), row.begin(), row.end());
    IsolationForest(model).score(flat, scores);
    return scores;
}

// A cloud around the origin and one row far from it, the last.
Rows cloud(std::size_t count, std::size_t features) {
    Random random(7);
    Rows rows(count, std::vector<double>(features));
    for (auto& row : rows)
        for (double& value : row) value = random.uniform() + random.uniform() + random.uniform() - 1.5;
    rows.push_back(std::vector<double>(features, 6));
    return rows;
}

// Probability that an anomaly scores above a normal row; ties count half.
double area_under_curve(const std::vector<double>& scores, const std::vector<double>& labels) {
    std::vector<std::size_t> order(scores.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return scores[i]; });
    double rank_sum = 0, anomalies = 0;
    for (std::size_t from = 0, to = 0; from < order.size(); from = to) {
        while (to < order.size() && scores[order[to]] == scores[order[from]]) ++to;
        for (std::size_t i = from; i < to; ++i)
            if (labels[order[i]] > 0) rank_sum += static_cast<double>(from + to + 1) / 2, ++anomalies;
    }
    return (rank_sum - anomalies * (anomalies + 1) / 2) /
           (anomalies * (static_cast<double>(scores.size()) - anomalies));
}

std::string refusal(const std::string& model) {
    try {
        IsolationForest forest(model);
    } catch (const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::bad_data);
        return error.detail;
    }
    return "accepted";
}

// A model whose checksum is right whatever its body says: what a hostile author would write.
std::string sealed(const std::string& body) {
    std::string bytes(model_magic);
    append(bytes, checksum(body));
    return bytes + body;
}

// scikit-learn 1.2.1's mean of five seeds, its standard deviation here 0.003 to 0.014; bench/isolation has all sets.
TEST(IsolationForest, FindsLabelledAnomaliesAsScikitLearnDoes) {
    const std::string folder = FIN_SHARED_DATA "/anomaly_sets";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the labelled sets are not there: " << folder;
    for (const auto& [file, expected] : std::vector<std::pair<std::string, double>>{
             {"4_breastw", .988}, {"6_cardio", .932}, {"18_Ionosphere", .844}}) {
        const test::Npz npz(folder + "/" + file + ".npz");
        const test::Array rows = npz.read("X"), labels = npz.read("y");
        double sum = 0;
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            RowSample sample(rows.columns, seed);
            for (std::size_t row = 0; row < rows.rows; ++row)
                sample.add(std::span(rows.values).subspan(row * rows.columns, rows.columns));
            std::vector<double> scores(rows.rows);
            IsolationForest(fit_isolation_forest(sample)).score(rows.values, scores);
            sum += area_under_curve(scores, labels.values);
        }
        EXPECT_NEAR(sum / 5, expected, 0.02) << file;
    }
}

TEST(IsolationForest, ScoresAnOutlierHighest) {
    const Rows rows = cloud(500, 3);
    const auto scores = score(fit(rows), rows);
    EXPECT_EQ(std::ranges::max_element(scores) - scores.begin(), 500);
    EXPECT_GT(scores.back(), 0.7);
    for (const double each : scores) EXPECT_TRUE(each > 0 && each < 1);
}

// By hand: of two rows each tree has one cut and c(2) = 1, so both score 2^-1; what lies between them goes either way.
TEST(IsolationForest, HasThePapersScoreForTwoRows) {
    const auto scores = score(fit({{1}, {2}}), {{1}, {2}, {100}});
    for (const double each : scores) EXPECT_DOUBLE_EQ(each, 0.5);
}

TEST(IsolationForest, CountsTheHeightLimitAsThePaperDoes) {
    // 256 equal rows and no cut: the path is c(256) at depth 0.
    EXPECT_NEAR(score(fit(Rows(256, {3, 3})), {{3, 3}})[0], 0.5, 1e-7);  // paths are floats
    EXPECT_NEAR(average_path(256), 10.244770920119917, 1e-12);  // 2 (ln 255 + Euler's constant) - 2 * 255 / 256
}

TEST(IsolationForest, DependsNeitherOnOrderNorOnUnit) {
    Rows rows = cloud(400, 2);
    const std::string model = fit(rows);
    const auto scores = score(model, rows);
    std::ranges::reverse(rows);
    EXPECT_EQ(fit(rows), model);
    std::ranges::reverse(rows);
    for (auto& row : rows) row[0] *= 1024, row[1] *= 0x1p-500;
    EXPECT_EQ(score(fit(rows), rows), scores);
}

TEST(IsolationForest, DiffersBySeed) { EXPECT_NE(fit(cloud(400, 2), 1), fit(cloud(400, 2), 2)); }

TEST(IsolationForest, ScoresARowAloneAsAmongOthers) {
    const Rows rows = cloud(300, 5);
    const std::string model = fit(rows);
    const auto together = score(model, rows);
    for (std::size_t i = 0; i < rows.size(); i += 37) EXPECT_EQ(score(model, {rows[i]})[0], together[i]);
}

// The two walks must agree to the last bit, or the same model would score differently on another machine.
TEST(IsolationForest, WalksTheSameWithAndWithoutWideRegisters) {
    FlatTree tree{};
    Random random(3);
    std::vector<std::uint32_t> columns(block_rows * 4);
    for (auto& value : columns) value = static_cast<std::uint32_t>(random.below(1000));
    for (std::size_t i = 0; i < tree_places; ++i) {
        tree.threshold[i] = static_cast<std::uint32_t>(random.below(1000));
        tree.column[i] = static_cast<std::uint32_t>(random.below(4) * block_rows);
        tree.path[i] = static_cast<float>(random.uniform());
    }
    std::vector<double> plain(block_rows, 0.1), best(block_rows, 0.1);
    walk_plain(tree, columns.data(), plain.data());
    best_walk()(tree, columns.data(), best.data());
    EXPECT_EQ(plain, best);
    EXPECT_GT(*std::ranges::max_element(plain), *std::ranges::min_element(plain));
    for (std::size_t row = 0; row < block_rows; ++row)
        EXPECT_EQ(0.1 + walk_row({&tree, 1}, columns.data() + row), plain[row]);
}

TEST(IsolationForest, TakesMissingValuesForTheMedian) {
    const std::string model = fit({{1, 10}, {2, 20}, {3, 30}, {4, 40}, {900, 50}});
    const auto scores = score(model, {{nan, 30}, {3, 30}, {3, nan}, {nan, nan}});
    EXPECT_EQ(scores[0], scores[1]);
    EXPECT_EQ(scores[2], scores[1]);
    EXPECT_TRUE(std::isnan(scores[3]));
    EXPECT_EQ(fit({{1, nan}, {nan, nan}, {3, 4}}), fit({{1, nan}, {3, 4}}));
}

TEST(IsolationForest, TakesInfinitiesForTheEndsOfTheRange) {
    const std::string model = fit({{1}, {2}, {3}, {inf}, {-inf}});
    EXPECT_EQ(score(model, {{inf}, {-inf}}), score(model, {{3}, {1}}));
}

TEST(IsolationForest, TakesTheGreatestDoubles) {
    constexpr double most = std::numeric_limits<double>::max();
    const auto scores = score(fit({{-most}, {0}, {most}, {1}, {-1}}), {{-most}, {0}, {most}});
    for (const double each : scores) EXPECT_TRUE(each > 0 && each < 1);
    EXPECT_GT(scores[0], scores[1]);
}

TEST(IsolationForest, CutsNoConstantFeature) {
    for (const double each : score(fit({{1, 7}, {1, 7}, {1, 7}}), {{1, 7}, {5, -5}})) EXPECT_NEAR(each, 0.5, 1e-7);
    for (const double each : score(fit({{4}}), {{4}, {5}})) EXPECT_EQ(each, 0.5);
    const Rows rows = cloud(300, 1);
    Rows wider = rows;
    for (auto& row : wider) row.push_back(nan), row.push_back(42);
    EXPECT_EQ(score(fit(wider), wider), score(fit(rows), rows));
}

TEST(IsolationForest, RefusesWhatItCannotFit) {
    EXPECT_THROW(RowSample(0, 1), Error);
    EXPECT_THROW(RowSample(most_features + 1, 1), Error);
    RowSample sample(2, 1);
    EXPECT_THROW(sample.add(std::vector<double>{1, 2, 3}), Error);
    sample.add(std::vector<double>{nan, nan});
    EXPECT_THROW(fit_isolation_forest(sample), Error);
}

TEST(IsolationForest, SamplesEvenlyFromManyRows) {
    RowSample sample(100, 1);  // 80,000 rows of 100 fit
    std::vector<double> row(100);
    for (int i = 0; i < 200'000; ++i) {
        row[0] = i;
        sample.add(row);
    }
    EXPECT_EQ(sample.seen(), 200'000U);
    EXPECT_EQ(sample.size(), 65'536U);
    double sum = 0;
    for (std::size_t i = 0; i < sample.size(); ++i) sum += sample.at(i, 0);
    EXPECT_NEAR(sum / 65'536, 99'999.5, 900);  // four standard errors
}

TEST(IsolationForest, RefusesEveryDamagedModel) {
    const std::string model = fit(cloud(20, 2));
    EXPECT_EQ(refusal(model), "accepted");
    for (std::size_t at = 0; at < model.size(); at += 7) {
        std::string damaged = model;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
        EXPECT_NE(refusal(damaged), "accepted") << at;
        EXPECT_NE(refusal(model.substr(0, at)), "accepted") << at;
    }
    EXPECT_NE(refusal(model + "x"), "accepted");
}

// With a right checksum too: any body is either refused or can be scored with.
TEST(IsolationForest, SurvivesForgedModels) {
    const std::string model = fit(cloud(20, 2));
    const std::string body = model.substr(model_head);
    Random random(11);
    const Rows rows = {{1, 2}, {nan, 5}, {inf, -inf}, {0, 0}, {3, 3}, {1e300, -1e300}};
    int refused = 0;
    for (int i = 0; i < 3000; ++i) {
        std::string forged = body;
        for (int change = 0; change < 2; ++change)
            forged[random.below(i % 2 ? 52 : forged.size())] = static_cast<char>(random.next());
        try {
            std::vector<double> flat, scores(rows.size());
            for (const auto& row : rows) flat.insert(flat.end(), row.begin(), row.end());
            IsolationForest(sealed(forged)).score(flat, scores);
            for (const double each : scores) EXPECT_TRUE(each > 0 && each < 1);
        } catch (const Error&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 1000);
    EXPECT_LT(refused, 3000);
}

TEST(IsolationForest, AsksWhetherToGoOn) {
    RowSample sample(3, 1);
    for (const auto& row : cloud(1000, 3)) sample.add(row);
    const auto stop = [] { throw Error(ErrorCode::not_ready, "cancelled"); };
    EXPECT_THROW(fit_isolation_forest(sample, stop), Error);
    std::vector<double> rows(3000), scores(1000);
    EXPECT_THROW(IsolationForest(fit_isolation_forest(sample)).score(rows, scores, stop), Error);
}

}  // namespace
}  // namespace fin::anomaly
